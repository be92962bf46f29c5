//! The ways in which redb reaches its file.

use std::ffi::OsStr;
use std::fs::File;

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError};
use side_by_side::Failure;

use crate::mapped::Mapped;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// redb's own: `pwrite` and `fdatasync`.
    File,
    /// A mapping that is written by `copy_from_slice`.
    Mapped,
    /// A mapping that is written past the cache.
    Streaming,
}

impl Store {
    pub(crate) const ALL: [Store; 3] = [Store::File, Store::Mapped, Store::Streaming];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Store::File => "file",
            Store::Mapped => "mapped",
            Store::Streaming => "streaming",
        }
    }

    pub(crate) fn named(name: &OsStr) -> Result<Store, Failure> {
        let names = Store::ALL.map(Store::name).join(", ");
        let named = Store::ALL.into_iter().find(|store| name == store.name());
        named.ok_or_else(|| Failure::input(format_args!("`{}` is no store; known are {names}", name.display())))
    }

    /// The database in a file, which is made if the file is empty.
    pub(crate) fn database(self, file: File) -> Result<Database, DatabaseError> {
        let builder = Builder::new();
        match self {
            Store::File => builder.create_with_backend(FileBackend::new(file)?),
            Store::Mapped => builder.create_with_backend(Mapped::new(file, <[u8]>::copy_from_slice)?),
            Store::Streaming => builder.create_with_backend(Mapped::new(file, memcpy_streaming::copy)?),
        }
    }
}
