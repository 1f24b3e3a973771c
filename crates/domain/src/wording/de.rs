//! German.

mod part;

use jiff::civil::Date;

use part::{blindness, channel_name, now, sight, silence, silent};

use super::{
    fact::{Fact, Stand},
    tongue::{Many, Tongue, with},
};
use crate::event::EventKind;

/// German. A node is *es* here, as in the web app.
pub struct De;

/// The months, as dates name them.
const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

const ABANDONED: &str = "Das Netz hat den Lauf geschlossen, der Job steht wieder aus. Er bringt nichts ein.";

impl Tongue for De {
    fn point(&self) -> char {
        ','
    }

    fn thousands(&self) -> char {
        '.'
    }

    fn days(&self, days: i64) -> String {
        if days == 1 { "1 Tag".to_owned() } else { format!("{days} Tage") }
    }

    fn date(&self, date: Date) -> String {
        let index = usize::try_from(date.month() - 1).unwrap_or(0);
        format!("{}. {}", date.day(), MONTHS.get(index).copied().unwrap_or_default())
    }

    fn title(&self, name: &str, fact: &Fact) -> String {
        match fact {
            Fact::Silent { stand, .. } => silent(name, "ist", stand),
            Fact::StillDown { stand, lasts, .. } => {
                format!("{}, seit {lasts}", silent(name, "ist weiter", stand))
            }
            Fact::Back { lasted, .. } => format!("{name} ist zurück, nach {lasted}"),
            Fact::WasSilent { lasted, .. } => format!("{name} war {lasted} stumm und ist zurück"),
            Fact::JobStarted => format!("{name} hat einen Job begonnen"),
            Fact::JobFinished { figures } => {
                with(&format!("{name} hat einen Job beendet"), figures.as_deref())
            }
            Fact::JobFailed => format!("{name} ist an einem Job gescheitert"),
            Fact::JobAbandoned => format!("{name} hat einen Job verloren"),
            Fact::JobEndedByDeployer { figures } => {
                with(&format!("Der Auftraggeber hat einen Job von {name} beendet"), figures.as_deref())
            }
            Fact::JobEnded => format!("Ein Job von {name} ist zu Ende"),
            Fact::JobOverdue { lasts: true } => format!("{name} führt einen Job über die Frist hinaus aus"),
            Fact::JobOverdue { lasts: false } => format!("{name} führte einen Job über die Frist hinaus aus"),
            Fact::Queued => format!("{name} steht jetzt in der Schlange"),
            Fact::Kicked { .. } => format!("{name} wurde aus der Schlange genommen"),
            Fact::Stuck { .. } => format!("{name} hängt"),
            Fact::SolLow { left } => format!("{name} hat wenig SOL: noch {left}"),
            Fact::SolCritical { left } => format!("{name} steht vor dem Stillstand: noch {left} SOL"),
            Fact::StakeLow { .. } => format!("Der Stake von {name} liegt unter dem Minimum seines Marktes"),
            Fact::Unstaking { .. } => format!("Der Stake von {name} zählt nicht mehr"),
            Fact::Slashed { .. } => format!("Der Stake von {name} wurde gekürzt"),
            Fact::TierChanged { is, .. } => format!("{name} ist jetzt in der Stufe {is}"),
            Fact::VersionOld { .. } => format!("Die Software von {name} ist zu alt"),
            Fact::GpuChanged { .. } => format!("{name} meldet andere Grafikkarten"),
            Fact::JobsFailing { count } => format!("{name} ist an seinen letzten {count} Jobs gescheitert"),
            Fact::Blind { source, since } => format!("Wir sehen {} seit {since} nicht", sight(*source)),
            Fact::Sighted { source, lasted } => format!("Wir sehen {} wieder, nach {lasted}", sight(*source)),
            Fact::WasBlind { source, lasted, .. } => {
                format!("Wir sahen {} {lasted} lang nicht", sight(*source))
            }
            Fact::DestinationPaused { channel, answer } if answer.is_empty() => {
                format!("{} nimmt nichts von uns an. Wir haben das Ziel angehalten", channel_name(*channel))
            }
            Fact::DestinationPaused { channel, answer } => {
                format!("{} antwortet „{answer}“. Wir haben das Ziel angehalten", channel_name(*channel))
            }
            Fact::Summary => "Deine Zusammenfassung".to_owned(),
        }
    }

    fn lines(&self, fact: &Fact) -> Vec<String> {
        let lines: [Option<String>; 2] = match fact {
            Fact::Silent { since, stand } | Fact::StillDown { since, stand, .. } => silence(since, stand),
            Fact::Back { stand, .. } => [now(stand), None],
            Fact::WasSilent { from, to, stand, .. } => [Some(format!("Von {from} bis {to}.")), now(stand)],
            Fact::JobFailed => [Some("Es hat den Job abgebrochen und bekommt nichts dafür.".into()), None],
            Fact::JobAbandoned => [Some(ABANDONED.into()), None],
            Fact::JobEnded => {
                [Some("Sein Konto ist fort: Wie er endete, kann niemand mehr lesen.".into()), None]
            }
            Fact::JobOverdue { lasts: false } => [Some("Inzwischen ist er beendet.".into()), None],
            Fact::JobOverdue { lasts: true } => [
                Some("Er bringt nichts mehr ein.".into()),
                Some("Stoppe den Job auf dem Node, oder starte den Node neu.".into()),
            ],
            Fact::Kicked { at, stand: Stand::Nowhere | Stand::Unknown } => [
                Some(format!("Seit {at} steht es in keiner Schlange.")),
                Some("Sieh nach SOL, Stake und Software, dann lass es wieder beitreten.".into()),
            ],
            Fact::Kicked { at, stand } => [Some(format!("Das war um {at}.")), now(stand)],
            Fact::Stuck { says, stand: Stand::Nowhere | Stand::Unknown } => [
                Some(match says {
                    Some(says) => {
                        format!("Es ist an, weder in der Schlange noch bei der Arbeit. Es sagt {says}.")
                    }
                    None => "Es ist an, weder in der Schlange noch bei der Arbeit.".into(),
                }),
                Some("Sieh in das Protokoll des Nodes, dann starte ihn neu.".into()),
            ],
            Fact::Stuck { stand, .. } => [now(stand), None],
            Fact::SolLow { .. } | Fact::SolCritical { .. } => [
                Some("Unter 0,0050 SOL nimmt der Node keine Arbeit mehr an.".into()),
                Some("Schicke etwas SOL an seine Adresse.".into()),
            ],
            Fact::StakeLow { have, need } => [
                Some(format!("Er wiegt {have} xNOS; der Markt verlangt {need}.")),
                Some("Bis dahin kommt der Node nicht wieder in die Schlange.".into()),
            ],
            Fact::Unstaking { was } => [
                Some(format!("Er wog {was} xNOS. Er wird abgezogen, oder sein Konto wurde geschlossen.")),
                Some("Märkte, die einen Stake verlangen, weisen den Node ab.".into()),
            ],
            Fact::Slashed { was, is } => {
                [Some(format!("Er wog {was} xNOS und wiegt jetzt {is}, ohne dass er abgezogen wurde.")), None]
            }
            Fact::TierChanged { was, .. } => [Some(format!("Vorher war es in der Stufe {was}.")), None],
            Fact::VersionOld { have, need } => [
                Some(format!("Dort läuft {have}; das Netz verlangt mindestens {need}.")),
                Some("Aktualisiere sie, sonst bekommt der Node keine Jobs mehr.".into()),
            ],
            Fact::GpuChanged { names } => [
                (!names.is_empty()).then(|| format!("Es hat jetzt: {names}.")),
                Some(
                    "Hat niemand sie getauscht, läuft derselbe Schlüssel vielleicht auf zwei Maschinen."
                        .into(),
                ),
            ],
            Fact::JobsFailing { .. } => {
                [Some("Sieh in das Protokoll des Nodes, bevor der nächste kommt.".into()), None]
            }
            Fact::Blind { source, .. } => [Some(blindness(*source).into()), None],
            Fact::WasBlind { from, to, .. } => {
                [Some(format!("Von {from} bis {to}. Kein Node gilt deshalb als offline.")), None]
            }
            Fact::DestinationPaused { .. } => {
                [Some("Dorthin geht nichts, bis du es wieder anschaltest.".into()), None]
            }
            Fact::JobStarted
            | Fact::JobFinished { .. }
            | Fact::JobEndedByDeployer { .. }
            | Fact::Queued
            | Fact::Sighted { .. }
            | Fact::Summary => [None, None],
        };
        lines.into_iter().flatten().collect()
    }

    fn many(&self, many: &Many<'_>) -> String {
        let Many { kind, count, tag, within, over } = *many;
        let place = tag.map(|tag| format!(" in {tag}")).unwrap_or_default();
        let within = within.map(|within| format!(" innerhalb von {within}")).unwrap_or_default();
        let jobs = |what: &str| format!("{count} Jobs{place} {what}");
        let nodes = |what: &str| format!("{count} Nodes{place} {what}");
        match kind {
            EventKind::Silent | EventKind::Offline if over => nodes("waren stumm und sind zurück"),
            EventKind::Silent => nodes(&format!("sind{within} verstummt")),
            EventKind::Offline => nodes(&format!("gingen{within} offline")),
            EventKind::StillDown => nodes("sind weiter stumm"),
            EventKind::Back => nodes("sind zurück"),
            EventKind::Kicked => nodes(&format!("wurden{within} aus der Schlange genommen")),
            EventKind::Stuck => nodes("hängen"),
            EventKind::Queued => nodes("stehen jetzt in einer Schlange"),
            EventKind::JobStarted => jobs("haben begonnen"),
            EventKind::JobFinished => jobs("sind beendet"),
            EventKind::JobFailed => jobs("sind gescheitert"),
            EventKind::JobAbandoned => jobs("gingen verloren"),
            EventKind::JobEndedByDeployer => jobs("wurden von ihren Auftraggebern beendet"),
            EventKind::JobEnded => jobs("sind zu Ende"),
            EventKind::JobOverdue => jobs("laufen über ihre Frist hinaus"),
            EventKind::SolLow => nodes("haben wenig SOL"),
            EventKind::SolCritical => nodes("stehen vor dem Stillstand, weil ihnen SOL fehlt"),
            EventKind::StakeLow => nodes("haben zu wenig Stake für ihren Markt"),
            EventKind::Unstaking => nodes("haben einen Stake, der nicht mehr zählt"),
            EventKind::Slashed => nodes("haben einen gekürzten Stake"),
            EventKind::TierChanged => nodes("haben eine andere Stufe"),
            EventKind::VersionOld => nodes("haben zu alte Software"),
            EventKind::GpuChanged => nodes("melden andere Grafikkarten"),
            EventKind::JobsFailing => nodes("scheitern an einem Job nach dem anderen"),
            EventKind::Blind => format!("{count}-mal konnten wir nicht sehen"),
            EventKind::Sighted => format!("{count}-mal sehen wir wieder"),
            EventKind::DestinationPaused => format!("{count} Ziele sind angehalten"),
            EventKind::Summary => format!("{count} Zusammenfassungen"),
            EventKind::Test => format!("{count} Proben"),
        }
    }

    fn one_cause(&self) -> String {
        "Das sieht nach einer gemeinsamen Ursache aus.".to_owned()
    }

    fn in_all(&self, nos: &str) -> String {
        format!("Zusammen {nos} NOS.")
    }

    fn more(&self, more: usize) -> String {
        format!("und {more} weitere")
    }

    fn unsteady(&self, name: &str, times: usize, since: &str) -> String {
        format!("{name} ist unstet: {times}-mal stumm seit {since}")
    }

    fn steady(&self, silent: bool) -> String {
        let now = if silent { "Es ist stumm" } else { "Es antwortet" };
        format!("{now}, seit 10 Minuten unverändert. Bis dahin haben wir geschwiegen.")
    }

    fn night(&self, things: usize) -> String {
        match things {
            1 => "In der Ruhezeit ist etwas geschehen".to_owned(),
            _ => format!("In der Ruhezeit sind {things} Dinge geschehen"),
        }
    }

    fn over(&self, what: &[String]) -> String {
        format!("Schon vorbei: {}.", what.join("; "))
    }

    fn unwatched(&self, from: &str, to: &str) -> String {
        format!("Wir haben von {from} bis {to} nicht hingesehen")
    }

    fn missed(&self, jobs: usize, others: usize) -> String {
        let jobs = match jobs {
            0 => None,
            1 => Some("1 Job begann und endete inzwischen; er ist gefunden.".to_owned()),
            _ => Some(format!("{jobs} Jobs begannen und endeten inzwischen; alle sind gefunden.")),
        };
        let others = match others {
            0 => None,
            1 => Some("Noch etwas begann und endete.".to_owned()),
            _ => Some(format!("{others} andere Dinge begannen und endeten.")),
        };
        jobs.into_iter().chain(others).collect::<Vec<String>>().join(" ")
    }

    fn summary(&self, weekly: bool, jobs: usize, nos: &str) -> String {
        let what = if weekly { "Deine Woche" } else { "Dein Tag" };
        let jobs = if jobs == 1 { "1 Job".to_owned() } else { format!("{jobs} Jobs") };
        format!("{what}: {jobs}, {nos} NOS")
    }

    fn period(&self, from: &str, to: &str) -> String {
        format!("Von {from} bis {to}.")
    }

    fn failed(&self, jobs: usize) -> String {
        if jobs == 1 { "1 Job ist gescheitert.".to_owned() } else { format!("{jobs} Jobs sind gescheitert.") }
    }

    fn uptime(&self, nodes: usize, share: &str) -> String {
        let nodes = if nodes == 1 { "1 Node".to_owned() } else { format!("{nodes} Nodes") };
        format!("{nodes}, an in {share} der Zeit, die wir sehen konnten.")
    }

    fn needs(&self, nodes: usize) -> String {
        match nodes {
            0 => "Kein Node braucht dich gerade.".to_owned(),
            1 => "1 Node braucht dich jetzt:".to_owned(),
            _ => format!("{nodes} Nodes brauchen dich jetzt:"),
        }
    }
}
