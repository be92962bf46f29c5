//! Command lines in a table. Bad input gets one line that says what is wrong, exit code 2, and no file.

use crate::trial::{Ended, Trial};

const TABLE: &str = include_str!("command_lines.txt");

/// What its lines begin with that are about one option of it.
const DUMP: &str = "memmap-dump --mode devdax --start-pfn=0x101200 --nr-pages=512 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180";

/// Panics unless a command was refused in one line that says all of `mentioned`, and printed nothing.
pub(crate) fn assert_refused(ended: &Ended, mentioned: &[&str]) {
    ended.assert(2, &[&["error: "], mentioned].concat());
    let Ended { stdout, stderr, .. } = ended;
    assert!(stderr.lines().count() == 1 && stdout.is_empty(), "{stderr}{stdout}");
}

#[test]
fn each_ends_as_the_table_says() {
    let lines: Vec<_> = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() > 150, "{} lines", lines.len());
    for line in lines {
        let (asked, said) = line.split_once("=>").unwrap_or_else(|| panic!("no `=>` in {line}"));
        let said: Vec<_> = said.split('|').map(str::trim).collect();
        let asked = asked.replace("DUMP", DUMP);
        let mut words: Vec<_> = asked.split_whitespace().collect();
        let code = words.pop_if(|word| ["OK", "FAILS"].contains(word)).map_or(2, |word| i32::from(word == "FAILS"));
        // A variable comes first, as in a shell.
        let variable =
            words.first().filter(|word| word.starts_with(char::is_uppercase)).and_then(|word| word.split_once('='));
        let args = words.split_off(usize::from(variable.is_some()));
        let trial = Trial::new();
        let ended = Ended::of(trial.command(&[], &args.join(" ")).envs(variable));
        match code {
            0 => ended.assert(0, &[]).assert_printed(&said),
            1 => _ = ended.assert(1, &said),
            _ => assert_refused(&ended, &said),
        }
        trial.assert_left(&[], line);
    }
}
