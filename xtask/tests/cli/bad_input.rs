//! Bad input: one line that says what is wrong, exit code 2, and no file.

use crate::person::{files, xtask};

const TABLE: &str = include_str!("bad_input.txt");

/// What its lines begin with that are about one option of it.
const DUMP: &str = "memmap-dump --mode devdax --start-pfn=0x101200 --nr-pages=512 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180";

#[test]
fn is_refused_in_one_line() {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let cases: Vec<_> =
        lines.map(|line| line.split_once("=>").unwrap_or_else(|| panic!("no `=>` in {line}"))).collect();
    assert!(cases.len() > 150, "{} lines", cases.len());
    for (args, mentioned) in cases {
        let args = args.replace("DUMP", DUMP);
        let folder = tempfile::tempdir().unwrap();
        let output = xtask(folder.path(), &args.split_whitespace().collect::<Vec<_>>());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args}: {stderr}");
        assert!(stderr.starts_with("error: "), "{args}: {stderr}");
        assert!(output.stdout.is_empty(), "{args} printed something");
        assert!(files(folder.path()).is_empty(), "{args} left {:?}", files(folder.path()));
        for words in mentioned.split('|').map(str::trim) {
            assert!(stderr.contains(words), "{args}: {words} is not mentioned: {stderr}");
        }
    }
}
