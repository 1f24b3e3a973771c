use std::time::Duration;

use proptest::prelude::*;

use super::*;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn answer(kind: AnswerKind, status: Option<u16>, now: i64) -> Answer {
    Answer { kind, status, ms: 10, at: at(now), activity: None }
}

fn up(activity: Activity, now: i64) -> Answer {
    Answer { activity: Some(activity), ..answer(AnswerKind::Ok, Some(200), now) }
}

fn absent(now: i64) -> Answer {
    answer(AnswerKind::TunnelPage, Some(404), now)
}

fn axis(rounds: impl IntoIterator<Item = (Answer, bool)>) -> EndpointAxis {
    let rules = Rules::default();
    rounds
        .into_iter()
        .fold(EndpointAxis::new(at(0)), |axis, (answer, witnessed)| axis.observe(answer, witnessed, &rules))
}

#[test]
fn each_answer_means_what_the_table_says() {
    let meaning = |kind, status| answer(kind, status, 0).meaning();
    assert_eq!(meaning(AnswerKind::Ok, Some(200)), Meaning::Up(Activity::Other));
    assert_eq!(meaning(AnswerKind::TunnelPage, Some(404)), Meaning::NoAnswer);
    for status in [502, 503, 504] {
        assert_eq!(meaning(AnswerKind::HttpStatus, Some(status)), Meaning::NoAnswer, "{status}");
    }
    for kind in [AnswerKind::Timeout, AnswerKind::Refused, AnswerKind::Reset, AnswerKind::Tls] {
        assert_eq!(meaning(kind, None), Meaning::NoAnswer, "{kind:?}");
    }
    for status in [401, 403, 511] {
        assert_eq!(
            meaning(AnswerKind::HttpStatus, Some(status)),
            Meaning::Foreign(Why::AsksSignIn),
            "{status}"
        );
    }
    assert_eq!(meaning(AnswerKind::HttpStatus, Some(429)), Meaning::Foreign(Why::Throttled));
    assert_eq!(meaning(AnswerKind::HttpStatus, Some(451)), Meaning::Foreign(Why::UnavailableForLegalReasons));
    for status in [404, 418, 500] {
        assert_eq!(
            meaning(AnswerKind::HttpStatus, Some(status)),
            Meaning::Foreign(Why::HttpError),
            "{status}"
        );
    }
    assert_eq!(meaning(AnswerKind::NotJson, Some(200)), Meaning::Foreign(Why::NotJson));
    assert_eq!(meaning(AnswerKind::OtherNode, Some(200)), Meaning::Foreign(Why::OtherNode));
    assert_eq!(meaning(AnswerKind::Redirect, Some(302)), Meaning::Foreign(Why::Redirect));
    assert_eq!(meaning(AnswerKind::Dns, None), Meaning::Foreign(Why::NoAddress));
}

#[test]
fn silence_counts_from_its_first_witnessed_round() {
    let silent =
        axis([(up(Activity::Queued, 0), true), (absent(30), true), (absent(60), true), (absent(210), false)]);
    assert_eq!(silent.silent_for(), None, "the last good round is too old by now");
    let silent = axis((1..=7).map(|n| (absent(n * 30), true)));
    assert_eq!((silent.since, silent.silent_for()), (at(30), Some(Duration::from_secs(180))));
}

#[test]
fn without_a_witness_no_time_of_silence_passes() {
    let rounds = (1..=60).map(|n| (absent(n * 30), n == 1));
    let blind = axis(rounds);
    assert!(matches!(blind.reading, Reading::Unknown { why: Why::NoWitness, .. }));
    let stopped = axis([(absent(30), true)]);
    assert_eq!(stopped.silent_for(), Some(Duration::ZERO), "no matter how late it is now");
}

#[test]
fn a_gap_in_what_we_saw_starts_the_silence_anew() {
    let gap = axis([(absent(0), true), (absent(30), true), (absent(600), true)]);
    assert_eq!((gap.since, gap.silent_for()), (at(600), Some(Duration::ZERO)));
}

#[test]
fn somebody_elses_answer_leaves_the_state_until_it_is_too_old() {
    let foreign = |now| (answer(AnswerKind::NotJson, Some(200), now), true);
    let kept = axis([(up(Activity::Queued, 0), true), foreign(30), foreign(60), foreign(90)]);
    assert!(matches!(kept.reading.known(), Some(Endpoint::Up(_))));
    let lost = axis([(up(Activity::Queued, 0), true), foreign(30), foreign(60), foreign(91)]);
    assert!(matches!(lost.reading, Reading::Unknown { since, why: Why::NotJson, .. } if since == at(0)));
}

#[test]
fn the_brief_clock_runs_over_brief_activities_and_stops_at_a_long_one() {
    let restarting = |now| (up(Activity::Restarting, now), true);
    let loops = axis([restarting(0), (up(Activity::Starting, 30), true), restarting(60)]);
    assert_eq!(loops.brief_since, Some(at(0)));
    let broken = axis([restarting(0), (up(Activity::Benchmarking, 30), true), restarting(60)]);
    assert_eq!(broken.brief_since, Some(at(60)));
    let gap = axis([restarting(0), restarting(600)]);
    assert_eq!(gap.brief_since, Some(at(600)), "what we did not see does not count");
}

#[test]
fn its_own_act_restarts_the_silence_and_an_older_one_does_not() {
    let silent = axis((1..=7).map(|n| (absent(n * 30), true)));
    assert_eq!(silent.clone().signed(at(100)).silent_for(), Some(Duration::from_secs(110)));
    assert_eq!(silent.clone().signed(at(10)), silent);
}

#[test]
fn an_answer_ends_the_long_silence() {
    let said = EndpointAxis { long_silence: Some(at(30)), ..axis((1..=7).map(|n| (absent(n * 30), true))) };
    let back = said.observe(up(Activity::Starting, 240), true, &Rules::default());
    assert_eq!((back.long_silence, back.last_ok), (None, Some(at(240))));
}

#[test]
fn every_word_is_read_back_and_a_strange_one_is_other() {
    for activity in Activity::ALL {
        assert_eq!(Activity::from_word(activity.word()), Some(activity));
    }
    assert_eq!(Activity::from_node("RUNNING"), Activity::RunningJob);
    assert_eq!(Activity::from_node("PULLING"), Activity::Other);
}

fn any_round() -> impl Strategy<Value = (i64, Answer, bool)> {
    let answers = prop_oneof![
        Just(up(Activity::Queued, 0)),
        Just(absent(0)),
        Just(answer(AnswerKind::Timeout, None, 0)),
        Just(answer(AnswerKind::NotJson, Some(200), 0)),
        Just(answer(AnswerKind::HttpStatus, Some(502), 0)),
    ];
    (1i64..120, answers, any::<bool>())
}

proptest! {
    #[test]
    fn a_long_silence_is_made_of_witnessed_rounds_only(rounds in prop::collection::vec(any_round(), 1..60)) {
        let rules = Rules::default();
        let (mut axis, mut now) = (EndpointAxis::new(at(0)), 0);
        // The oracle: the instants of the unbroken chain of witnessed, unanswered rounds, no more than 90 s apart.
        let mut streak: Vec<i64> = Vec::new();
        for (step, answer, witnessed) in rounds {
            now += step;
            if streak.last().is_some_and(|last| now - last > 90) {
                streak.clear();
            }
            match answer.meaning() {
                Meaning::Up(_) => streak.clear(),
                Meaning::NoAnswer if witnessed => streak.push(now),
                _ => {}
            }
            axis = axis.observe(Answer { at: at(now), ..answer }, witnessed, &rules);
            let span = streak.first().zip(streak.last()).map(|(first, last)| last - first);
            prop_assert_eq!(axis.silent_for().map(|s| s.as_secs()), span.map(i64::unsigned_abs));
        }
    }
}
