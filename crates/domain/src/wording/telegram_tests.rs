use super::*;
use crate::{alert::zone::zone_or_utc, status::Verdict};
use proptest::prelude::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

/// 24 November 2026, 12:00 UTC: 13:00 in Berlin.
const NOON: i64 = 1_795_521_600;

fn voice(language: Language) -> Voice {
    Voice { language, clock: ClockFormat::H24, zone: zone_or_utc("Europe/Berlin"), now: at(NOON) }
}

fn node(name: &str, word: Word, since: i64) -> NodeNow {
    let status =
        Status { word, since: at(since), why: None, last: None, silent: false, stuck: false, overdue: false };
    NodeNow { name: name.to_owned(), status, place: None, muted_until: None }
}

fn nodes() -> Vec<NodeNow> {
    let running = node("barn 1", Word::Running, NOON - 7_500);
    let mut queued = node("barn 2", Word::Queued, NOON - 60);
    (queued.place, queued.muted_until) = (Some((3, 17)), Some(at(NOON + 4 * 3_600)));
    let mut silent = queued.clone();
    (silent.name, silent.status.silent, silent.muted_until) = ("barn 3".to_owned(), true, None);
    let mut unknown = node("barn 4", Word::Unknown, NOON - 600);
    let last = Verdict { word: Word::Running, at: at(0), silent: false, stuck: false, overdue: false };
    unknown.status.last = Some(last);
    vec![running, queued, silent, unknown]
}

#[test]
fn amounts_are_exact_and_never_rounded() {
    let shown = |units, decimals| figure::amount(units, decimals, '.');
    assert_eq!(shown(5_900_000, 9), "0.0059");
    assert_eq!(shown(1_234_567, 6), "1.234567");
    assert_eq!(shown(5_000_000, 6), "5.00");
    assert_eq!(shown(0, 9), "0.00");
    assert_eq!(shown(1, 9), "0.000000001");
    assert_eq!(shown(i128::from(i64::MAX), 6), "9223372036854.775807");
    assert_eq!(figure::amount(1_230_000, 6, ','), "1,23");
}

proptest! {
    #[test]
    fn no_unit_of_an_amount_is_lost(units in 0_i64.., decimals in 2_u32..10) {
        let text = figure::amount(units.into(), decimals, '.');
        let (whole, part) = text.split_once('.').unwrap();
        let part = format!("{part:0<width$}", width = usize::try_from(decimals).unwrap());
        prop_assert_eq!(format!("{whole}{part}").parse::<i128>().unwrap(), i128::from(units));
    }
}

#[test]
fn a_span_is_told_in_its_two_greatest_units() {
    let told = |seconds| figure::span(std::time::Duration::from_secs(seconds), "d");
    let spans = [45, 60, 3_600, 4_320, 86_400, 100_000].map(told);
    assert_eq!(spans, ["45 s", "1 min", "1 h", "1 h 12 min", "1 d", "1 d 3 h"]);
}

#[test]
fn the_status_counts_each_node_once_and_names_who_needs_somebody() {
    let blind = [(Source::Endpoints, at(NOON - 90))];
    let said = Said::Status(nodes(), blind.to_vec());
    let reply = voice(Language::En).say(&said);
    assert_eq!(reply.title, "1 of 4 nodes need you.");
    assert_eq!(
        reply.lines,
        [
            "1 running · 1 queued · 1 silent · 1 unknown",
            "barn 3: silent while queued, place 3 of 17",
            "We have not seen the nodes' endpoints for 1 min. No node is called offline for it.",
        ]
    );
    let german = voice(Language::De).say(&said);
    assert_eq!(german.title, "1 von 4 Nodes braucht dich.");
    assert_eq!(german.lines[1], "barn 3: stumm, aber wartet auf Platz 3 von 17");
}

#[test]
fn what_is_unknown_is_never_called_well() {
    let unknown = vec![node("a", Word::Unknown, NOON)];
    let reply = voice(Language::En).say(&Said::Status(unknown, Vec::new()));
    assert_eq!(reply.title, "Nothing needs you, as far as we can see.");
    let well = vec![node("a", Word::Running, NOON)];
    assert_eq!(voice(Language::En).say(&Said::Status(well, Vec::new())).title, "Your node is well.");
}

#[test]
fn each_node_has_a_line_with_hours_on_the_persons_clock() {
    let reply = voice(Language::En).say(&Said::Nodes(nodes()));
    assert_eq!(
        reply.lines,
        [
            "barn 1: running for 2 h 5 min",
            "barn 2: queued, place 3 of 17 (muted until 17:00)",
            "barn 3: silent while queued, place 3 of 17",
            "barn 4: unknown for 10 min, last known running",
        ]
    );
    let english = Voice { clock: ClockFormat::H12, ..voice(Language::En) };
    assert_eq!(english.shown(&Pressed::Muted(at(NOON + 4 * 3_600))), "Muted until 5:00 pm.");
    let tomorrow = Pressed::Muted(at(NOON + 19 * 3_600));
    assert_eq!(voice(Language::En).shown(&tomorrow), "Muted until 25 Nov, 08:00.");
    assert_eq!(voice(Language::De).shown(&tomorrow), "Stumm bis 25.11., 08:00.");
}

#[test]
fn a_balance_that_was_not_read_is_unknown_and_not_zero() {
    let wallet = |sol, low| Wallet {
        name: "barn".to_owned(),
        sol,
        nos: Held::Known(12_500_000),
        stake: Held::Unknown,
        low,
    };
    let wallets =
        vec![wallet(Held::Known(5_900_000), true), wallet(Held::Stale(20_000_000, at(NOON - 720)), false)];
    let reply = voice(Language::En).say(&Said::Balance(wallets.clone()));
    assert_eq!(reply.title, "0.0259 SOL · 25.00 NOS as last known");
    assert_eq!(reply.lines[0], "barn: 0.0059 SOL (low) · 12.50 NOS · xNOS unknown");
    assert!(reply.lines[1].starts_with("barn: SOL unknown, last 0.02 12 min ago ·"), "{}", reply.lines[1]);
    assert_eq!(
        voice(Language::De).say(&Said::Balance(wallets)).title,
        "0,0259 SOL · 25,00 NOS, soweit zuletzt bekannt"
    );
}

#[test]
fn earnings_are_told_to_the_last_micro_nos() {
    let paid = |jobs, micro_nos, unread| Paid { jobs, micro_nos, unread };
    let earnings = Earnings {
        today: paid(1, 414_000, 0),
        yesterday: paid(2, 1_414_001, 1),
        month: paid(3, 1_828_001, 1),
        all: paid(3, 1_828_001, 1),
        running: (1, 2_780),
    };
    let reply = voice(Language::En).say(&Said::Earnings(Box::new(earnings)));
    assert_eq!(reply.title, "Today 0.414 NOS");
    assert_eq!(reply.lines[1], "Yesterday: 1.414001 NOS from 2 jobs, and one whose pay could not be read");
    assert_eq!(reply.lines[4], "Running: 1 job, 0.00278 NOS so far");
}

#[test]
fn everything_is_said_in_both_languages() {
    let name = || "<barn>".to_owned();
    let all = [
        Said::HowToLink,
        Said::CodeRefused,
        Said::TooManyCodes,
        Said::Linked { nodes: 3 },
        Said::Help,
        Said::NotUnderstood,
        Said::NoNodes,
        Said::Mutes(vec![(name(), at(NOON))]),
        Said::Muted(vec![name()], at(NOON)),
        Said::Unmuted(vec![name()]),
        Said::NoSuchNode(name()),
        Said::Several("b".to_owned(), vec![name(), name()]),
    ];
    for said in all {
        let (english, german) = (voice(Language::En).say(&said), voice(Language::De).say(&said));
        assert_ne!(english.title, german.title, "{said:?}");
        assert_eq!(english.lines.len(), german.lines.len(), "{said:?}");
    }
    for language in [Language::En, Language::De] {
        for (command, does) in Voice::menu(language) {
            assert!(command.bytes().all(|byte| byte.is_ascii_lowercase()) && !does.is_empty());
        }
    }
}
