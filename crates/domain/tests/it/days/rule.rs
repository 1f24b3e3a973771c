//! Rules that are bent on purpose, to see that the days find it.

/// What the driver does in place of the right thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    Ours,
    /// A tunnel that answers nobody is taken for silent nodes.
    OfflineWhileBlind,
    /// The night is not looked at.
    QuietIgnored,
    /// The night is everybody's, by UTC.
    WrongZone,
    /// After the night all of it is told as if there had been none.
    NightInPieces,
    /// Mutes are not looked at.
    MuteIgnored,
    /// What was switched off is told.
    ChoicesIgnored,
    /// Nothing is held for others of its cause.
    NoHold,
    /// What another one saw again is written down again.
    KeysNotUnique,
    /// A recovery is told though its silence never was.
    BackAlone,
    /// What is over before it was told is dropped.
    OverIsDropped,
    /// Our own gap is forgotten: all that lies in it is told one by one.
    GapForgotten,
    /// Old jobs are news.
    StaleJobs,
    /// Each silence of a node that flaps is told.
    FlapsTold,
    /// A message that was not taken is not tried again.
    LostOnFailure,
    /// A message that was not taken is tried again at night too.
    RetriedAtNight,
    /// A provider that asks for time gets none.
    RetryAfterIgnored,
    /// Several of one cause go one by one.
    OneByOne,
    /// That it was told again is forgotten.
    AgainAndAgain,
    /// A row that is part of a message is told with the next one too.
    ToldAgain,
}
