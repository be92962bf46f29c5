//! What the fuzz targets of xtask do with their bytes. Those of the libraries are a crate of their own, `fuzz-bodies`.

mod inspect;
mod parsers;

pub use inspect::memmap_inspect;
pub use parsers::parsers;

/// The corpora, run again.
#[cfg(test)]
mod tests {
    fn replay(target: &str, body: fn(&[u8])) {
        let corpus = crate::cargo::workspace().join("fuzz/corpus").join(target);
        let mut inputs = 0;
        for entry in corpus.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            if let Err(panic) = std::panic::catch_unwind(|| body(&input)) {
                eprintln!("failed: {}", path.display());
                std::panic::resume_unwind(panic);
            }
            inputs += 1;
        }
        assert!(inputs >= 20, "a corpus of {inputs} inputs");
    }

    #[test]
    fn memmap_inspect() {
        replay("memmap_inspect", super::memmap_inspect);
    }

    #[test]
    fn parsers() {
        replay("parsers", super::parsers);
    }
}
