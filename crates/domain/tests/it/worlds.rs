//! A thousand random worlds, looked at through faulty glasses: what the rules say of a node is never what it was not, and
//! what becomes true is said in the promised time. The oracle knows the tables of network.md and none of our functions.

mod glasses;
mod oracle;
mod script;
mod truth;
mod watcher;
mod wrong_rules;

use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use script::{Item, items};
use truth::Timeline;
use watcher::{Rule, Watcher};

/// The worlds of one run. `PROPTEST_RNG_SEED` makes others.
const WORLDS: u32 = 1_000;
const SEED: u64 = 20_261_123;

/// Lives through one world with one rule bent; the first thing that is said and not so.
fn live(script: &[Item], rule: Rule) -> Result<(), String> {
    let timeline = Timeline::of(script);
    Watcher::new(&timeline, rule).watch()
}

/// The first world in which the rule is found wrong.
fn falsified(rule: Rule, worlds: u32, shrink: u32) -> Option<String> {
    let mut config =
        Config { cases: worlds, max_shrink_iters: shrink, failure_persistence: None, ..Config::default() };
    if matches!(config.rng_seed, RngSeed::Random) {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    let found = TestRunner::new(config)
        .run(&items(), |script| live(&script, rule).map_err(proptest::test_runner::TestCaseError::fail));
    match found {
        Ok(()) => None,
        Err(TestError::Fail(why, script)) => Some(format!("{why}\nin {script:#?}")),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

#[test]
fn in_a_thousand_worlds_nothing_is_said_that_is_not_so_and_every_change_is_seen() {
    if let Some(found) = falsified(Rule::Ours, WORLDS, 4_000) {
        panic!("{found}");
    }
}
