//! What the options of several commands have in common: kernels, modes, alignments and strategies.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches};
use memmap_template::namespace::{Align, Mode};
use memmap_template::{Kernel, Strategy};

use crate::failure::Failure;
use crate::knobs::Knob;

/// The alignment of `mode`, and so its compounds; `asked` is what the person asked for, if they did.
pub(crate) fn align(mode: Mode, asked: Option<Align>) -> Result<Align, Failure> {
    match (mode, asked) {
        (Mode::Fsdax, None | Some(Align::Size4K)) => Ok(Align::Size4K),
        (Mode::Fsdax, Some(align)) => Err(Failure::input(format_args!(
            "--align {align} is for devdax: fsdax has single pages (order 0); leave --align out or use --mode devdax"
        ))),
        (_, align) => Ok(align.unwrap_or(Align::Size2M)),
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
        .help("Compound size of devdax: 4K, 2M or 1G [default: 2M]")
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
    fn fsdax_has_single_pages_and_devdax_2m_by_default() {
        assert_eq!(align(Mode::Fsdax, None).unwrap(), Align::Size4K);
        assert_eq!(align(Mode::Fsdax, Some(Align::Size4K)).unwrap(), Align::Size4K);
        assert!(align(Mode::Fsdax, Some(Align::Size2M)).is_err());
        assert!(align(Mode::Fsdax, Some(Align::Size1G)).is_err());
        assert_eq!(align(Mode::Devdax, None).unwrap(), Align::Size2M);
        assert_eq!(align(Mode::Devdax, Some(Align::Size1G)).unwrap(), Align::Size1G);
    }
}
