//! Colours and layout. Plots name colours by [`INK`] and [`line()`], so that they follow the page from light to dark.

/// Of axes and letters in plots.
pub(super) const INK: &str = "ink";
/// Of the grid.
pub(super) const GRID: &str = "grid";

/// Light and dark colours of lines; they can be told apart by those who do not see red from green (Okabe and Ito).
const LINES: [(&str, &str); 12] = [
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#ff8c42"),
    ("#009e73", "#2fd6a3"),
    ("#b8568f", "#e694c4"),
    ("#8a7000", "#f0e442"),
    ("#5d4fbf", "#a89cff"),
    ("#777777", "#b5b5b5"),
    ("#a03030", "#ff8a8a"),
    ("#2f7d32", "#9ad89c"),
    ("#00838f", "#4dd0e1"),
    ("#1c2024", "#ffffff"),
    ("#9c6b30", "#d8b48a"),
];

/// The name of a line's colour.
pub(super) fn line(index: usize) -> String {
    format!("c{}", index % LINES.len())
}

/// The style sheet.
pub(super) fn css() -> String {
    let colours = |pick: fn(&(&'static str, &'static str)) -> &'static str| -> String {
        LINES.iter().enumerate().map(|(i, line)| format!("--c{i}:{};", pick(line))).collect()
    };
    let light = colours(|line| line.0);
    let dark = colours(|line| line.1);
    format!(
        ":root{{--paper:#fff;--card:#f6f7f9;--ink:#1c2024;--soft:#59636e;--grid:#d5dae0;--mark:#0b6b3a;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root{{--paper:#14171a;--card:#1e2328;--ink:#e6e9ec;--soft:#9aa5b1;--grid:#3a424b;--mark:#5fd598;{dark}}}}}\n\
         {REST}"
    )
}

const REST: &str = "\
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;line-height:1.2;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
p,li{max-width:75ch}
.verdict{border-left:5px solid var(--mark);background:var(--card);padding:.5rem 1rem;border-radius:4px}
.verdict p:first-child{font-size:1.15rem;font-weight:600}
.partial{border-color:#d55e00}
.soft,figcaption,.legend{color:var(--soft);font-size:.9rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));gap:16px}
figure{margin:0;background:var(--card);border-radius:6px;padding:10px;min-width:0}
figcaption{font-weight:600;color:var(--ink)}
svg{display:block;width:100%;height:auto}
svg text{font-family:system-ui,sans-serif}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;margin:6px 0 0;padding:0;list-style:none}
.legend i{display:inline-block;width:18px;height:4px;border-radius:2px;margin-right:5px;vertical-align:middle}
.wide,pre{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;padding:4px 10px;border-bottom:1px solid var(--grid);vertical-align:top}
td:not(.n){min-width:6rem;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600}
.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
details{margin:1rem 0}
summary{cursor:pointer;font-weight:600}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_kept_on_one_line() {
        // A table of sentences that may not be broken is wider than the page: its last column cannot be seen.
        let kept: Vec<_> = REST.lines().filter(|line| line.contains("nowrap")).collect();
        assert_eq!(kept, ["td.n{white-space:nowrap}"]);
    }
}
