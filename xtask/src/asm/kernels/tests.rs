//! The rules, on a few lines each.

use super::super::listing;
use super::*;

fn checked(text: &str, body: Body) -> Result<(), String> {
    let text = format!("\t.type\tdemo,@function\ndemo:\n{text}\t.size\tdemo, 1\n");
    check(&listing::functions(text.as_bytes())[0], &Rule { path: "demo", body })
}

#[test]
fn a_line_by_vectors_of_the_shortest_length() {
    let rule = Body::Loops(Lines { store: "stnt1b", width: 16, hint: None, loads: Loads::Bulk });
    let text = ".Ltmp0:\n\tstnt1b\t{ z0.b }, p0, [x0]\n\tstnt1b\t{ z1.b }, p1, [x0, #1, mul vl]\n\
        \tstnt1b\t{ z2.b }, p2, [x0, #2, mul vl]\n\tstnt1b\t{ z3.b }, p3, [x0, #3, mul vl]\n\
        \tadd\tx0, x0, #64\n\tb.ne\t.Ltmp0\n";
    assert_eq!(checked(text, rule), Ok(()));
    let twice = checked(&text.replace("#2, mul", "#1, mul"), rule).unwrap_err();
    assert!(twice.contains("byte 16 is written twice"), "{twice}");
    let ordinary = checked(&text.replace("stnt1b\t{ z3", "st1b\t{ z3"), rule).unwrap_err();
    assert!(ordinary.contains("instead of stnt1b"), "{ordinary}");
}

#[test]
fn each_store_has_its_hint() {
    let rule = Body::Loops(Lines { store: "sd", width: 8, hint: Some("ntl.all"), loads: Loads::Words });
    let store = |at: usize| format!("\tntl.all\n\tsd\ta3, {at}(a0)\n");
    let stores: String = (0..8).map(|i| store(8 * i)).collect();
    let text = format!(".Ltmp0:\n{stores}\taddi\ta0, a0, 64\n\tbnez\ta2, .Ltmp0\n");
    assert_eq!(checked(&text, rule), Ok(()));
    let without = checked(&text.replace(&store(24), "\tsd\ta3, 24(a0)\n"), rule).unwrap_err();
    assert_eq!(without, "`sd a3, 24(a0)` without ntl.all before it");
    let lost = checked(&text.replace(&store(24), ""), rule).unwrap_err();
    assert_eq!(lost, "byte 24 is not written");
}

#[test]
fn three_that_belong_together() {
    let rule = Body::Once(&["cpyfpwn", "cpyfmwn", "cpyfewn"]);
    let text = "\tcpyfpwn\t[x0]!, [x1]!, x8!\n\tcpyfmwn\t[x0]!, [x1]!, x8!\n\tcpyfewn\t[x0]!, [x1]!, x8!\n\tret\n";
    assert_eq!(checked(text, rule), Ok(()));
    for (from, to) in [
        ("\tcpyfmwn\t[x0]!, [x1]!, x8!\n", ""),
        ("cpyfmwn", "cpyfpwn"),
        ("cpyfewn\t[x0]!", "cpyfewn\t[x2]!"),
        ("\tcpyfewn", "\tnop\n\tcpyfewn"),
        ("cpyfpwn", "cpyfp"),
    ] {
        assert!(checked(&text.replace(from, to), rule).is_err(), "{from} as {to}");
    }
}
