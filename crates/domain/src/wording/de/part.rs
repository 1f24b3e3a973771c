//! Parts of German sentences.

use crate::{destination::Channel, sight::Source, wording::fact::Stand};

/// A silence by what the chain says of the node.
pub fn silent(name: &str, is: &str, stand: &Stand) -> String {
    match stand {
        Stand::Running => format!("{name} {is} stumm, mitten in einem Job"),
        Stand::Queued { position, length } => {
            format!("{name} {is} stumm, auf Platz {position} von {length} in der Schlange")
        }
        Stand::Nowhere => format!("{name} {is} offline"),
        Stand::Unknown => format!("{name} {is} stumm"),
    }
}

/// The evidence of a silence, and what to do.
pub fn silence(since: &str, stand: &Stand) -> [Option<String>; 2] {
    let (line, advice) = match stand {
        Stand::Running => (
            format!(
                "Seit {since} antwortet nichts, und die Kette führt es in einem Lauf. Der Job kann verloren sein."
            ),
            "Sieh nach der Maschine und ihrem Netz.",
        ),
        Stand::Queued { .. } => (
            format!("Seit {since} antwortet nichts. Kommt es dran, scheitert der Job."),
            "Starte es neu, oder stoppe es, damit es die Schlange verlässt.",
        ),
        Stand::Nowhere => (
            format!("Seit {since} antwortet nichts, und die Kette führt es nirgends."),
            "Sieh nach der Maschine, ihrem Strom und ihrem Netz.",
        ),
        Stand::Unknown => (
            format!("Seit {since} antwortet nichts. Was die Kette über es sagt, sehen wir gerade nicht."),
            "Sieh nach der Maschine und ihrem Netz.",
        ),
    };
    [Some(line), Some(advice.to_owned())]
}

/// Where a node stands now.
pub fn now(stand: &Stand) -> Option<String> {
    match stand {
        Stand::Running => Some("Jetzt läuft dort ein Job.".to_owned()),
        Stand::Queued { position, length } => {
            Some(format!("Jetzt hält es Platz {position} von {length} in der Schlange."))
        }
        Stand::Nowhere => Some("Es steht in keiner Schlange.".to_owned()),
        Stand::Unknown => None,
    }
}

/// What a source lets us see.
pub const fn sight(source: Source) -> &'static str {
    match source {
        Source::Chain => "die Kette",
        Source::Endpoints => "die Endpunkte der Nodes",
        Source::Indexer => "den Indexer",
    }
}

/// What follows from not seeing through a source.
pub const fn blindness(source: Source) -> &'static str {
    match source {
        Source::Chain => "Kein Node ändert deshalb seinen Zustand.",
        Source::Endpoints => {
            "Dort antwortet uns niemand, darum wissen wir nicht, ob ein Node an ist. Keiner gilt deshalb als offline."
        }
        Source::Indexer => "Ältere Jobs kommen später nach. Kein Node ändert deshalb seinen Zustand.",
    }
}

/// A channel at the head of a sentence.
pub const fn channel_name(channel: Option<Channel>) -> &'static str {
    match channel {
        Some(Channel::Telegram) => "Telegram",
        Some(Channel::Push) => "Push",
        Some(Channel::Email) => "E-Mail",
        Some(Channel::Webhook) => "Der Webhook",
        None => "Ein Ziel",
    }
}
