//! The sweep from end to end, as short as it can be: the figures are noise, what is said of them is not.

use memcpy_streaming::{Backend, Tuning};
use serde_json::Value;

use crate::trial::Trial;

#[test]
fn what_is_found_is_a_tuning_and_is_recommended_only_if_it_wins() {
    let trial = Trial::new();
    let ended = trial.run("tune --seconds 1 --json out.json");
    // No progress bar in a pipe.
    ended.assert(0, &[]);
    trial.assert_left(&["out.json"], "tune");
    let json = trial.json("out.json");
    assert_eq!(json["backend"], Backend::active().name());
    assert_eq!(json["in_use"], Tuning::of_this_cpu().to_string());
    let tuning = |name: &str| json[name].as_str().map(|text| text.parse::<Tuning>().expect("the library reads it"));
    ended.assert_printed(&[&format!("found: {}\n", tuning("found").unwrap())]);
    for one in json["loops"].as_array().unwrap() {
        let speeds = one["times_as_fast_as_plain"].as_array().unwrap();
        assert_eq!(speeds.len(), one["sizes"].as_array().unwrap().len());
        assert!(speeds.iter().all(|speed| speed.as_f64() > Some(0.0)));
    }
    let better = json["comparisons"].as_array().unwrap().iter().any(|group| group["better"] == true);
    assert_eq!(better, json["recommended"] != Value::Null, "{}", ended.stdout);
    match tuning("recommended") {
        None => ended.assert_printed(&["recommended: nothing; keep what is in use"]),
        Some(tuning) => {
            let variable = format!("MEMCPY_STREAMING_TUNING=\"{tuning}\"");
            ended.assert_printed(&[&variable, "Vendor::", "drained_fill: "]);
        }
    }
}
