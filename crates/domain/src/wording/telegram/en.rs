//! The bot's English.

use super::{
    Class, Earnings, Held, NodeNow, Pressed, Reply, Said, Voice, Wallet, counts,
    figure::{amount, hour, span},
    total,
};
use crate::{money::Paid, sight::Source, status::Word, time::Timestamp};

/// The commands, for Telegram's menu.
pub const MENU: [(&str, &str); 6] = [
    ("status", "How everything is"),
    ("nodes", "Each node; /nodes barn for some of them"),
    ("balance", "What the wallets hold"),
    ("earnings", "What the jobs paid"),
    ("mute", "Be silent: /mute barn 4h, /mute all tomorrow"),
    ("help", "What I can tell you"),
];

/// An answer.
pub fn reply(said: &Said, voice: &Voice) -> Reply {
    let of = |title: &str, lines: &[&str]| Reply {
        title: title.to_owned(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    match said {
        Said::HowToLink => of(
            "This chat is not linked.",
            &[
                "Open Wakeful, go to Destinations, press Link Telegram, and send me the code that it shows: /start CODE",
            ],
        ),
        Said::CodeRefused => of(
            "This code is not good, or no longer.",
            &["A code lasts ten minutes and works once. Wakeful gives you a new one under Destinations."],
        ),
        Said::TooManyCodes => of(
            "Too many wrong codes came from this chat.",
            &["Try again in an hour, with a new code from Wakeful."],
        ),
        Said::Linked { nodes } => Reply {
            title: "This chat is linked.".to_owned(),
            lines: vec![
                match nodes {
                    0 => "You watch no node yet. What happens to those that you add is told here.".to_owned(),
                    1 => "What happens to your node is told here.".to_owned(),
                    nodes => format!("What happens to your {nodes} nodes is told here."),
                },
                "/help says what you can ask me.".to_owned(),
            ],
        },
        Said::Help => Reply {
            title: "What you can ask me".to_owned(),
            lines: MENU.iter().map(|(command, does)| format!("/{command} – {does}")).collect(),
        },
        Said::NotUnderstood => of("I do not know this one.", &["/help says what you can ask me."]),
        Said::NoNodes => of("You watch no node yet.", &["Add your first one in Wakeful."]),
        Said::Status(nodes, blind) => status(nodes, blind, voice),
        Said::Nodes(nodes) => Reply {
            title: plural(nodes.len(), "node"),
            lines: nodes.iter().map(|node| line(node, voice)).collect(),
        },
        Said::Balance(wallets) => balance(wallets, voice),
        Said::Earnings(earnings) => paid(earnings),
        Said::Mutes(muted) => mutes(muted, voice),
        Said::Muted(names, until) => Reply {
            title: format!("Muted until {}", at(*until, voice)),
            lines: names.iter().cloned().chain(["What happens is kept in the log.".to_owned()]).collect(),
        },
        Said::Unmuted(names) => Reply { title: "No longer muted".to_owned(), lines: names.clone() },
        Said::NoSuchNode(name) => Reply {
            title: "No node is called that.".to_owned(),
            lines: vec![name.clone(), "/nodes lists them.".to_owned()],
        },
        Said::Several(name, names) => Reply {
            title: "Which one?".to_owned(),
            lines: [format!("“{name}” is in the names of:")]
                .into_iter()
                .chain(names.iter().cloned())
                .collect(),
        },
    }
}

/// What is shown to who pressed a button.
pub fn shown(pressed: &Pressed, voice: &Voice) -> String {
    match pressed {
        Pressed::Muted(until) => format!("Muted until {}.", at(*until, voice)),
        Pressed::Seen => "Noted: you have seen it.".to_owned(),
        Pressed::NotYours => "This chat hears of it no longer. Nothing was changed.".to_owned(),
    }
}

/// The line under its message.
pub fn noted(pressed: &Pressed, who: &str, voice: &Voice) -> String {
    match pressed {
        Pressed::Muted(until) => format!("Muted until {} by {who}", at(*until, voice)),
        Pressed::Seen => format!("Seen by {who} at {}", at(voice.now, voice)),
        Pressed::NotYours => String::new(),
    }
}

fn at(instant: Timestamp, voice: &Voice) -> String {
    hour(instant, voice, "%-d %b")
}

fn since(instant: Timestamp, voice: &Voice) -> String {
    span(voice.now.since(instant), "d")
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Running => "running",
        Class::Queued => "queued",
        Class::Up => "up, in no queue",
        Class::Stuck => "stuck",
        Class::Silent => "silent",
        Class::Offline => "offline",
        Class::Unknown => "unknown",
    }
}

fn status(nodes: &[NodeNow], blind: &[(Source, Timestamp)], voice: &Voice) -> Reply {
    let needy: Vec<&NodeNow> = nodes.iter().filter(|node| node.needs_you()).collect();
    let unknown = nodes.iter().filter(|node| Class::of(&node.status) == Class::Unknown).count();
    let title = match (needy.len(), unknown, nodes.len()) {
        (0, 0, 1) => "Your node is well.".to_owned(),
        (0, 0, all) => format!("All {all} nodes are well."),
        (0, _, _) => "Nothing needs you, as far as we can see.".to_owned(),
        (1, _, 1) => "Your node needs you.".to_owned(),
        (needy, _, all) => format!("{needy} of {} need you.", plural(all, "node")),
    };
    let counted: Vec<String> =
        counts(nodes).into_iter().map(|(kind, count)| format!("{count} {}", class(kind))).collect();
    let mut lines = vec![counted.join(" · ")];
    lines.extend(needy.into_iter().map(|node| line(node, voice)));
    lines.extend(blind.iter().map(|(source, from)| {
        let source = match source {
            Source::Chain => "the chain",
            Source::Endpoints => "the nodes' endpoints",
            Source::Indexer => "the indexer",
        };
        format!("We have not seen {source} for {}. No node is called offline for it.", since(*from, voice))
    }));
    Reply { title, lines }
}

fn line(node: &NodeNow, voice: &Voice) -> String {
    let NodeNow { name, status, place, muted_until } = node;
    let for_how_long = since(status.since, voice);
    let silent = if status.silent { "silent while " } else { "" };
    let mut text = match status.word {
        Word::Running if status.overdue => format!("{silent}running past its deadline, for {for_how_long}"),
        Word::Running => format!("{silent}running for {for_how_long}"),
        Word::Queued => match place {
            Some((place, length)) => format!("{silent}queued, place {place} of {length}"),
            None => format!("{silent}queued"),
        },
        Word::Up if status.stuck => format!("stuck in no queue for {for_how_long}"),
        Word::Up => format!("up, in no queue for {for_how_long}"),
        Word::Offline => format!("offline for {for_how_long}"),
        Word::Unknown => match status.last {
            Some(last) => format!("unknown for {for_how_long}, last known {}", last.word.word()),
            None => format!("unknown for {for_how_long}"),
        },
    };
    if let Some(until) = muted_until {
        text.push_str(&format!(" (muted until {})", at(*until, voice)));
    }
    format!("{name}: {text}")
}

fn held(held: Held, decimals: u32, unit: &str, voice: &Voice) -> String {
    match held {
        Held::Known(units) => format!("{} {unit}", amount(units.into(), decimals, '.')),
        Held::Stale(units, then) => {
            format!("{unit} unknown, last {} {} ago", amount(units.into(), decimals, '.'), since(then, voice))
        }
        Held::Unknown => format!("{unit} unknown"),
    }
}

fn balance(wallets: &[Wallet], voice: &Voice) -> Reply {
    let (sol, all_sol) = total(wallets.iter().map(|wallet| wallet.sol));
    let (nos, all_nos) = total(wallets.iter().map(|wallet| wallet.nos));
    let about = if all_sol && all_nos { "" } else { " as last known" };
    let line = |wallet: &Wallet| {
        let low = if wallet.low { " (low)" } else { "" };
        format!(
            "{}: {}{low} · {} · {}",
            wallet.name,
            held(wallet.sol, 9, "SOL", voice),
            held(wallet.nos, 6, "NOS", voice),
            held(wallet.stake, 6, "xNOS", voice),
        )
    };
    Reply {
        title: format!("{} SOL · {} NOS{about}", amount(sol, 9, '.'), amount(nos, 6, '.')),
        lines: wallets.iter().map(line).collect(),
    }
}

fn paid(earnings: &Earnings) -> Reply {
    let line = |what: &str, paid: &Paid| {
        let jobs = plural(usize::try_from(paid.jobs).unwrap_or(usize::MAX), "job");
        let unread = match paid.unread {
            0 => String::new(),
            1 => ", and one whose pay could not be read".to_owned(),
            unread => format!(", and {unread} whose pay could not be read"),
        };
        format!("{what}: {} NOS from {jobs}{unread}", amount(paid.micro_nos, 6, '.'))
    };
    let (running, so_far) = earnings.running;
    let mut lines = vec![
        line("Today", &earnings.today),
        line("Yesterday", &earnings.yesterday),
        line("This month", &earnings.month),
        line("All", &earnings.all),
    ];
    if running > 0 {
        let jobs = plural(usize::try_from(running).unwrap_or(usize::MAX), "job");
        lines.push(format!("Running: {jobs}, {} NOS so far", amount(so_far, 6, '.')));
    }
    Reply { title: format!("Today {} NOS", amount(earnings.today.micro_nos, 6, '.')), lines }
}

fn mutes(muted: &[(String, Timestamp)], voice: &Voice) -> Reply {
    let title = if muted.is_empty() { "Nothing is muted." } else { "Muted" };
    let how = [
        String::new(),
        "/mute barn 4h – one node, for 1h, 4h, 8h or until tomorrow".to_owned(),
        "/mute all tomorrow – all of them".to_owned(),
        "/mute barn off – speak of it again".to_owned(),
    ];
    let until = |(name, until): &(String, Timestamp)| format!("{name}: until {}", at(*until, voice));
    Reply { title: title.to_owned(), lines: muted.iter().map(until).chain(how).collect() }
}
