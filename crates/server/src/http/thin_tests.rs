use domain::address::Address;
use proptest::prelude::*;
use store::Axis;

use super::*;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn span(state: &str, from: i64, to: Option<i64>) -> Span {
    Span {
        node: Address::new([7; 32]),
        axis: Axis::Chain,
        from: at(from),
        to: to.map(at),
        state: state.to_owned(),
        subject: None,
        why: None,
    }
}

fn told(spans: &[Span]) -> Vec<(&str, i64, Option<i64>)> {
    let end = |span: &Span| span.to.map(Timestamp::unix_seconds);
    spans.iter().map(|span| (span.state.as_str(), span.from.unix_seconds(), end(span))).collect()
}

#[test]
fn what_is_short_enough_is_told_as_it_was() {
    let past = vec![span("none", 0, Some(10)), span("queued", 10, Some(11)), span("running", 11, None)];
    let range = Range { from: at(5), to: at(100) };
    assert_eq!(spans(range, past.clone(), 3), past);
    assert_eq!(coarse(range, 3, 3), None);
}

#[test]
fn of_each_piece_the_state_that_held_for_longest_is_told() {
    let mut past: Vec<Span> = (0..50).map(|n| span("running", n * 2, Some(n * 2 + 2))).collect();
    past.push(span("queued", 100, Some(101)));
    past.push(span("none", 101, None));
    let range = Range { from: at(0), to: at(200) };
    let thinned = spans(range, past, 4);
    assert_eq!(thinned.first().map(|first| first.state.as_str()), Some("running"));
    assert_eq!(thinned.last().map(|last| (last.state.as_str(), last.to)), Some(("none", None)), "it goes on");
    assert!(thinned.len() <= 4, "{:?}", told(&thinned));
}

#[test]
fn a_day_is_told_by_how_long_each_state_held() {
    let past = vec![
        span("running", 0, Some(3_600)),
        span("unknown", 3_600, Some(90_000)),
        span("silent", 90_000, None),
    ];
    let range = Range { from: at(0), to: at(2 * 86_400) };
    let days = columns(range, &past);
    let first = Shares { running: 3_600, unknown: 82_800, ..Shares::default() };
    let second = Shares { unknown: 3_600, silent: 82_800, ..Shares::default() };
    assert_eq!(days, [first, second]);
}

#[test]
fn a_hundred_nodes_share_what_one_answer_may_hold() {
    assert_eq!(share(1), MOST_OF_AXIS);
    assert_eq!(share(100) * 100 * 2, MOST_SPANS);
    assert_eq!(share(0), MOST_OF_AXIS);
}

#[test]
fn a_line_keeps_its_first_and_its_last_point() {
    let range = Range { from: at(0), to: at(10_000) };
    let line: Vec<Timestamp> = (-5..10_000).map(at).collect();
    let thinned = points(range, line, |point| *point);
    assert!(thinned.len() <= MOST_POINTS + 1, "{}", thinned.len());
    assert_eq!(thinned.last(), Some(&at(9_999)));
    assert!(thinned[0] < at(0), "what held before the range leads");
}

proptest! {
    #[test]
    fn whatever_was_the_answer_is_bounded_and_in_order(lengths in proptest::collection::vec((1_i64..500, 0_usize..4), 1..400), most in 1_usize..60) {
        let states = ["running", "queued", "none", "unknown"];
        let mut from = 0;
        let mut past = Vec::new();
        for (length, state) in lengths {
            past.push(span(states[state], from, Some(from + length)));
            from += length;
        }
        let range = Range { from: at(0), to: at(from) };
        let thinned = spans(range, past.clone(), most);
        prop_assert!(thinned.len() <= most.max(past.len().min(most)));
        prop_assert!(thinned.windows(2).all(|pair| pair[0].to.is_some_and(|to| to <= pair[1].from)));
        let whole: i64 = columns(range, &past).iter().map(|day| day.running + day.queued + day.none + day.unknown).sum();
        prop_assert_eq!(whole, from);
    }
}
