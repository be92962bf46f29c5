//! What the options of several commands have in common: kernels, modes, alignments and strategies.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches};
use memmap_template::namespace::{Align, Mode};
use memmap_template::{Kernel, PageSize, Strategy};

use crate::failure::Failure;
use crate::knobs::Knob;

/// The alignment of a namespace with pages of this size: what the person asked for, if they did.
pub(crate) fn align(page_size: PageSize, asked: Option<Align>) -> Result<Align, Failure> {
    let known = page_size.alignments();
    match asked {
        None => Ok(page_size.default_align()),
        Some(align) if known.contains(&align) => Ok(align),
        Some(align) => {
            let known: Vec<_> = known.iter().map(|align| align.name()).collect();
            Err(Failure::input(format_args!(
                "--align {align}: pages of {page_size} have alignments of {}; use one of them, or another --page-size",
                known.join(", ")
            )))
        }
    }
}

/// The order of the compounds in `mode`.
pub(crate) fn order(mode: Mode, page_size: PageSize, align: Align) -> u32 {
    match mode {
        Mode::Fsdax => 0,
        _ => align.order(page_size),
    }
}

/// `--kernel`, without a default.
pub(crate) fn kernel_arg() -> Arg {
    let names = PossibleValuesParser::new(Kernel::ALL.iter().map(|kernel| kernel.name()));
    Arg::new("kernel")
        .long("kernel")
        .value_name("VERSION")
        .value_parser(names.map(|name| name.parse::<Kernel>().expect("it is one of these names")))
}

/// `--kernel`, 7.1 if it is left out.
pub(crate) fn default_kernel_arg() -> Arg {
    kernel_arg().default_value("7.1").help("Whose memmap; the words of 7.1 are also right for 7.2 and 7.3")
}

/// `--mode`
pub(crate) fn mode_arg() -> Arg {
    Arg::new("mode").long("mode").value_name("MODE").value_parser(str::parse::<Mode>)
}

/// `--align`; without a default, to tell whether it was asked for.
pub(crate) fn align_arg() -> Arg {
    Arg::new("align")
        .long("align")
        .value_name("SIZE")
        .value_parser(str::parse::<Align>)
        .help("Alignment of the namespace, and of devdax its compounds: 4K, 2M or 1G; 16K or 32M with pages of 16K, 64K or 512M with pages of 64K [default: 2M, 32M or 512M]")
}

/// `--struct-page`
pub(crate) fn struct_page_arg() -> Arg {
    number_arg("struct-page", "BYTES")
        .default_value("64")
        .value_parser(clap::value_parser!(u64))
        .help("Size of a struct page: 56, 64, 72, 80, 88 or 96, by the options that a debugging kernel has")
}

/// `--with`
pub(crate) fn with_arg() -> Arg {
    Arg::new("with")
        .long("with")
        .value_name("FIELD")
        .value_delimiter(',')
        .value_parser(str::parse::<Knob>)
        .help("Fields that depend on the pfn: virtual (the page's linear address), sections (the section number in the flag word)")
}

/// An option that is switched on or off.
pub(crate) fn yes_or_no_arg(name: &'static str, default: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("yes|no").default_value(default).value_parser(yes_or_no)
}

fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("known are yes, no"),
    }
}

/// `--strategy`
pub(crate) fn strategy_arg() -> Arg {
    Arg::new("strategy").long("strategy").value_name("NAME").value_parser(str::parse::<Strategy>)
}

/// An option that is a number. A minus sign is taken as part of it, to be refused as a number and not as an option.
pub(crate) fn number_arg(name: &'static str, shown: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(shown).allow_negative_numbers(true)
}

/// An option that clap requires or has a default for.
pub(crate) fn take<T: Clone + Send + Sync + 'static>(matches: &mut ArgMatches, name: &str) -> T {
    matches.remove_one(name).expect("clap requires it, or has a default")
}

/// The values of a list, each once, in the order in which they were named.
pub(crate) fn list<T: Clone + Send + Sync + PartialEq + 'static>(matches: &mut ArgMatches, name: &str) -> Vec<T> {
    let mut values = Vec::new();
    for value in matches.remove_many(name).into_iter().flatten() {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_size_has_its_alignments() {
        assert_eq!(align(PageSize::Size4K, None).unwrap(), Align::Size2M);
        assert_eq!(align(PageSize::Size16K, None).unwrap(), Align::Size32M);
        assert_eq!(align(PageSize::Size64K, Some(Align::Size512M)).unwrap(), Align::Size512M);
        let Err(Failure::Input(line)) = align(PageSize::Size16K, Some(Align::Size2M)) else { panic!("it was taken") };
        assert!(line.contains("--align 2M") && line.contains("16K, 32M"), "{line}");
        assert_eq!(order(Mode::Fsdax, PageSize::Size4K, Align::Size2M), 0);
        assert_eq!(order(Mode::Devdax, PageSize::Size16K, Align::Size32M), 11);
    }
}
