//! What a person asks the bot for, read from the text alone.

use domain::alert::mute::Mute;

/// The characters of a code that links a chat: 50 bits.
pub const CODE_LENGTH: usize = 10;

/// What is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Begin, with a code that links this chat or without.
    Start(Option<String>),
    /// How everything is.
    Status,
    /// Every node, or those whose name holds this.
    Nodes(Option<String>),
    /// What the wallets hold.
    Balance,
    /// What the jobs paid.
    Earnings,
    /// Say nothing of a node for a while, or of all.
    Mute(Whom, Mute),
    /// Speak of it again.
    Unmute(Whom),
    /// Which nodes are muted, and how to mute.
    Mutes,
    /// What can be asked.
    Help,
    /// Nothing that the bot knows.
    Unknown,
}

/// Which nodes a mute is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Whom {
    /// All of them.
    All,
    /// Those that a name, a part of it or the start of an address picks.
    Named(String),
}

/// Reads a text that came to the bot of this name. `None`: it is not meant for it. In a group that is everything but a
/// command with its name behind.
#[must_use]
pub fn read(text: &str, bot: &str, group: bool) -> Option<Command> {
    let text = text.trim();
    let Some(rest) = text.strip_prefix('/') else {
        return (!group).then(|| plain(text));
    };
    let (head, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let word = match head.split_once('@') {
        Some((word, name)) if name.eq_ignore_ascii_case(bot) => word,
        // To another bot of the same group.
        Some(_) => return None,
        None if group => return None,
        None => head,
    };
    Some(command(&word.to_lowercase(), arguments.trim()))
}

/// In a chat of two a code may stand alone.
fn plain(text: &str) -> Command {
    let code = text.to_lowercase();
    if is_code(&code) { Command::Start(Some(code)) } else { Command::Unknown }
}

/// Whether a text has the shape of a code.
fn is_code(text: &str) -> bool {
    text.len() == CODE_LENGTH && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

fn command(word: &str, arguments: &str) -> Command {
    let given = || (!arguments.is_empty()).then(|| arguments.to_owned());
    match word {
        "start" | "link" => Command::Start(given().map(|code| code.to_lowercase())),
        "status" => Command::Status,
        "nodes" => Command::Nodes(given()),
        "balance" => Command::Balance,
        "earnings" => Command::Earnings,
        "mute" => mute(arguments),
        "unmute" => Command::Unmute(whom(arguments)),
        "help" => Command::Help,
        _ => Command::Unknown,
    }
}

/// `/mute 4h`, `/mute barn 1 tomorrow`, `/mute 8h barn 1`, `/mute barn 1 off`.
fn mute(arguments: &str) -> Command {
    let (first, last) =
        (arguments.split_once(char::is_whitespace), arguments.rsplit_once(char::is_whitespace));
    // A name may begin like a time ("1h"), so the end is looked at first.
    let behind = last.and_then(|(name, word)| Some((name, time(word)?)));
    let before = first.and_then(|(word, name)| Some((name, time(word)?)));
    let alone = time(arguments).map(|time| ("", time));
    match behind.or(before).or(alone) {
        Some((name, Time::For(mute))) => Command::Mute(whom(name), mute),
        Some((name, Time::Off)) => Command::Unmute(whom(name)),
        None => Command::Mutes,
    }
}

enum Time {
    For(Mute),
    Off,
}

fn time(word: &str) -> Option<Time> {
    Some(match word.to_lowercase().as_str() {
        "morgen" => Time::For(Mute::Tomorrow),
        "off" | "aus" => Time::Off,
        word => Time::For(Mute::from_word(word)?),
    })
}

fn whom(text: &str) -> Whom {
    match text.trim() {
        "" => Whom::All,
        all if ["all", "alle"].contains(&all.to_lowercase().as_str()) => Whom::All,
        name => Whom::Named(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alone(text: &str) -> Command {
        read(text, "wakeful_bot", false).unwrap()
    }

    #[test]
    fn each_command_is_read_with_what_stands_behind_it() {
        assert_eq!(alone("/start abcdefgh23"), Command::Start(Some("abcdefgh23".to_owned())));
        assert_eq!(alone(" /START "), Command::Start(None));
        assert_eq!(alone("ABCDEFGH23"), Command::Start(Some("abcdefgh23".to_owned())));
        assert_eq!(alone("/status@Wakeful_Bot"), Command::Status);
        assert_eq!(alone("/nodes barn"), Command::Nodes(Some("barn".to_owned())));
        assert_eq!(alone("/earnings"), Command::Earnings);
        assert_eq!(alone("/frobnicate"), Command::Unknown);
        assert_eq!(alone("hello"), Command::Unknown);
    }

    #[test]
    fn a_mute_takes_its_time_before_or_behind_the_name() {
        let named = |name: &str| Whom::Named(name.to_owned());
        assert_eq!(alone("/mute 4h"), Command::Mute(Whom::All, Mute::FourHours));
        assert_eq!(alone("/mute all tomorrow"), Command::Mute(Whom::All, Mute::Tomorrow));
        assert_eq!(alone("/mute barn 1 8H"), Command::Mute(named("barn 1"), Mute::EightHours));
        assert_eq!(alone("/mute 1h barn 1"), Command::Mute(named("barn 1"), Mute::OneHour));
        assert_eq!(alone("/mute 1h 4h"), Command::Mute(named("1h"), Mute::FourHours));
        assert_eq!(alone("/mute barn off"), Command::Unmute(named("barn")));
        assert_eq!(alone("/unmute"), Command::Unmute(Whom::All));
        // Without a time nothing is muted: the answer says how.
        for text in ["/mute", "/mute barn", "/mute barn 3h"] {
            assert_eq!(alone(text), Command::Mutes, "{text}");
        }
    }

    #[test]
    fn in_a_group_only_what_is_addressed_to_the_bot_is_heard() {
        let group = |text| read(text, "wakeful_bot", true);
        assert_eq!(group("/status@wakeful_bot"), Some(Command::Status));
        assert_eq!(group("/start@wakeful_bot abcdefgh23"), Some(Command::Start(Some("abcdefgh23".into()))));
        for text in ["/status", "/status@other_bot", "status", "abcdefgh23", "hello @wakeful_bot"] {
            assert_eq!(group(text), None, "{text}");
        }
        assert_eq!(read("/status@other_bot", "wakeful_bot", false), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,80}", group: bool) {
            let heard = read(&text, "wakeful_bot", group);
            prop_assert!(!group || heard.is_none() || text.to_lowercase().contains("@wakeful_bot"));
        }
    }
}
