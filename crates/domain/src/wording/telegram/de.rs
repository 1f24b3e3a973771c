//! The bot's German.

use super::{
    Class, Earnings, Held, NodeNow, Pressed, Reply, Said, Voice, Wallet, counts,
    figure::{amount, hour, span},
    total,
};
use crate::{money::Paid, sight::Source, status::Word, time::Timestamp};

/// The commands, for Telegram's menu.
pub const MENU: [(&str, &str); 6] = [
    ("status", "Wie es steht"),
    ("nodes", "Jeder Node; /nodes scheune für einige"),
    ("balance", "Was in den Wallets liegt"),
    ("earnings", "Was die Jobs gezahlt haben"),
    ("mute", "Stummschalten: /mute scheune 4h, /mute alle morgen"),
    ("help", "Was ich sagen kann"),
];

/// An answer.
pub fn reply(said: &Said, voice: &Voice) -> Reply {
    let of = |title: &str, lines: &[&str]| Reply {
        title: title.to_owned(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    match said {
        Said::HowToLink => of(
            "Dieser Chat ist nicht verbunden.",
            &["Öffne Wakeful, geh zu „Ziele“, drücke „Telegram verbinden“ und schick mir den Code, der dort steht: /start CODE"],
        ),
        Said::CodeRefused => of(
            "Dieser Code gilt nicht oder nicht mehr.",
            &["Ein Code gilt zehn Minuten und nur einmal. Einen neuen gibt Wakeful unter „Ziele“."],
        ),
        Said::TooManyCodes => of(
            "Aus diesem Chat kamen zu viele falsche Codes.",
            &["Versuch es in einer Stunde mit einem neuen Code aus Wakeful."],
        ),
        Said::Linked { nodes } => Reply {
            title: "Dieser Chat ist verbunden.".to_owned(),
            lines: vec![
                match nodes {
                    0 => "Du beobachtest noch keinen Node. Was mit denen geschieht, die du hinzufügst, steht dann hier.".to_owned(),
                    1 => "Was mit deinem Node geschieht, steht ab jetzt hier.".to_owned(),
                    nodes => format!("Was mit deinen {nodes} Nodes geschieht, steht ab jetzt hier."),
                },
                "/help sagt, was du mich fragen kannst.".to_owned(),
            ],
        },
        Said::Help => Reply {
            title: "Was du mich fragen kannst".to_owned(),
            lines: MENU.iter().map(|(command, does)| format!("/{command} – {does}")).collect(),
        },
        Said::NotUnderstood => of("Das kenne ich nicht.", &["/help sagt, was du mich fragen kannst."]),
        Said::NoNodes => of("Du beobachtest noch keinen Node.", &["Füge in Wakeful den ersten hinzu."]),
        Said::Status(nodes, blind) => status(nodes, blind, voice),
        Said::Nodes(nodes) => Reply {
            title: plural(nodes.len(), "Node", "Nodes"),
            lines: nodes.iter().map(|node| line(node, voice)).collect(),
        },
        Said::Balance(wallets) => balance(wallets, voice),
        Said::Earnings(earnings) => paid(earnings),
        Said::Mutes(muted) => mutes(muted, voice),
        Said::Muted(names, until) => Reply {
            title: format!("Stumm bis {}", at(*until, voice)),
            lines: names.iter().cloned().chain(["Was geschieht, steht im Protokoll.".to_owned()]).collect(),
        },
        Said::Unmuted(names) => Reply { title: "Nicht mehr stumm".to_owned(), lines: names.clone() },
        Said::NoSuchNode(name) => Reply {
            title: "Kein Node heißt so.".to_owned(),
            lines: vec![name.clone(), "/nodes zeigt alle.".to_owned()],
        },
        Said::Several(name, names) => Reply {
            title: "Welcher?".to_owned(),
            lines: [format!("„{name}“ steht in den Namen von:")].into_iter().chain(names.iter().cloned()).collect(),
        },
    }
}

/// What is shown to who pressed a button.
pub fn shown(pressed: &Pressed, voice: &Voice) -> String {
    match pressed {
        Pressed::Muted(until) => format!("Stumm bis {}.", at(*until, voice)),
        Pressed::Seen => "Vermerkt: Du hast es gesehen.".to_owned(),
        Pressed::NotYours => "Dieser Chat hört davon nichts mehr. Nichts wurde geändert.".to_owned(),
    }
}

/// The line under its message.
pub fn noted(pressed: &Pressed, who: &str, voice: &Voice) -> String {
    match pressed {
        Pressed::Muted(until) => format!("Stumm bis {}, durch {who}", at(*until, voice)),
        Pressed::Seen => format!("Gesehen von {who} um {}", at(voice.now, voice)),
        Pressed::NotYours => String::new(),
    }
}

fn at(instant: Timestamp, voice: &Voice) -> String {
    hour(instant, voice, "%-d.%-m.")
}

fn since(instant: Timestamp, voice: &Voice) -> String {
    span(voice.now.since(instant), "d")
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Running => "laufen",
        Class::Queued => "warten",
        Class::Up => "an",
        Class::Stuck => "hängen",
        Class::Silent => "stumm",
        Class::Offline => "offline",
        Class::Unknown => "unbekannt",
    }
}

/// The status as one would say what it was.
const fn word(word: Word) -> &'static str {
    match word {
        Word::Running => "laufend",
        Word::Queued => "wartend",
        Word::Up => "an",
        Word::Offline => "offline",
        Word::Unknown => "unbekannt",
    }
}

fn status(nodes: &[NodeNow], blind: &[(Source, Timestamp)], voice: &Voice) -> Reply {
    let needy: Vec<&NodeNow> = nodes.iter().filter(|node| node.needs_you()).collect();
    let unknown = nodes.iter().filter(|node| Class::of(&node.status) == Class::Unknown).count();
    let title = match (needy.len(), unknown, nodes.len()) {
        (0, 0, 1) => "Deinem Node geht es gut.".to_owned(),
        (0, 0, all) => format!("Allen {all} Nodes geht es gut."),
        (0, _, _) => "Nichts braucht dich, soweit wir sehen.".to_owned(),
        (1, _, 1) => "Dein Node braucht dich.".to_owned(),
        (1, _, all) => format!("1 von {all} Nodes braucht dich."),
        (needy, _, all) => format!("{needy} von {all} Nodes brauchen dich."),
    };
    let counted: Vec<String> =
        counts(nodes).into_iter().map(|(kind, count)| format!("{count} {}", class(kind))).collect();
    let mut lines = vec![counted.join(" · ")];
    lines.extend(needy.into_iter().map(|node| line(node, voice)));
    lines.extend(blind.iter().map(|(source, from)| {
        let source = match source {
            Source::Chain => "die Kette",
            Source::Endpoints => "die Endpunkte der Nodes",
            Source::Indexer => "den Indexer",
        };
        format!("Wir sehen {source} seit {} nicht. Kein Node gilt deshalb als offline.", since(*from, voice))
    }));
    Reply { title, lines }
}

fn line(node: &NodeNow, voice: &Voice) -> String {
    let NodeNow { name, status, place, muted_until } = node;
    let long = since(status.since, voice);
    let silent = if status.silent { "stumm, aber " } else { "" };
    let mut text = match status.word {
        Word::Running if status.overdue => format!("{silent}läuft seit {long}, über die Frist hinaus"),
        Word::Running => format!("{silent}läuft seit {long}"),
        Word::Queued => match place {
            Some((place, length)) => format!("{silent}wartet auf Platz {place} von {length}"),
            None => format!("{silent}wartet"),
        },
        Word::Up if status.stuck => format!("hängt seit {long}, in keiner Schlange"),
        Word::Up => format!("an, seit {long} in keiner Schlange"),
        Word::Offline => format!("offline seit {long}"),
        Word::Unknown => match status.last {
            Some(last) => format!("unbekannt seit {long}, zuletzt {}", word(last.word)),
            None => format!("unbekannt seit {long}"),
        },
    };
    if let Some(until) = muted_until {
        text.push_str(&format!(" (stumm bis {})", at(*until, voice)));
    }
    format!("{name}: {text}")
}

fn held(held: Held, decimals: u32, unit: &str, voice: &Voice) -> String {
    match held {
        Held::Known(units) => format!("{} {unit}", amount(units.into(), decimals, ',')),
        Held::Stale(units, then) => {
            format!(
                "{unit} unbekannt, zuletzt {} vor {}",
                amount(units.into(), decimals, ','),
                since(then, voice)
            )
        }
        Held::Unknown => format!("{unit} unbekannt"),
    }
}

fn balance(wallets: &[Wallet], voice: &Voice) -> Reply {
    let (sol, all_sol) = total(wallets.iter().map(|wallet| wallet.sol));
    let (nos, all_nos) = total(wallets.iter().map(|wallet| wallet.nos));
    let about = if all_sol && all_nos { "" } else { ", soweit zuletzt bekannt" };
    let line = |wallet: &Wallet| {
        let low = if wallet.low { " (wenig)" } else { "" };
        format!(
            "{}: {}{low} · {} · {}",
            wallet.name,
            held(wallet.sol, 9, "SOL", voice),
            held(wallet.nos, 6, "NOS", voice),
            held(wallet.stake, 6, "xNOS", voice),
        )
    };
    Reply {
        title: format!("{} SOL · {} NOS{about}", amount(sol, 9, ','), amount(nos, 6, ',')),
        lines: wallets.iter().map(line).collect(),
    }
}

fn paid(earnings: &Earnings) -> Reply {
    let line = |what: &str, paid: &Paid| {
        let jobs = plural(usize::try_from(paid.jobs).unwrap_or(usize::MAX), "Job", "Jobs");
        let unread = match paid.unread {
            0 => String::new(),
            1 => ", und einer, dessen Lohn nicht zu lesen war".to_owned(),
            unread => format!(", und {unread}, deren Lohn nicht zu lesen war"),
        };
        format!("{what}: {} NOS aus {jobs}{unread}", amount(paid.micro_nos, 6, ','))
    };
    let (running, so_far) = earnings.running;
    let mut lines = vec![
        line("Heute", &earnings.today),
        line("Gestern", &earnings.yesterday),
        line("Dieser Monat", &earnings.month),
        line("Alles", &earnings.all),
    ];
    if running > 0 {
        let jobs = plural(usize::try_from(running).unwrap_or(usize::MAX), "Job", "Jobs");
        lines.push(format!("Im Gange: {jobs}, bisher {} NOS", amount(so_far, 6, ',')));
    }
    Reply { title: format!("Heute {} NOS", amount(earnings.today.micro_nos, 6, ',')), lines }
}

fn mutes(muted: &[(String, Timestamp)], voice: &Voice) -> Reply {
    let title = if muted.is_empty() { "Nichts ist stumm." } else { "Stumm" };
    let how = [
        String::new(),
        "/mute scheune 4h – ein Node, für 1h, 4h, 8h oder bis morgen (morgen)".to_owned(),
        "/mute alle morgen – alle".to_owned(),
        "/mute scheune aus – wieder von ihm sprechen".to_owned(),
    ];
    let until = |(name, until): &(String, Timestamp)| format!("{name}: bis {}", at(*until, voice));
    Reply { title: title.to_owned(), lines: muted.iter().map(until).chain(how).collect() }
}
