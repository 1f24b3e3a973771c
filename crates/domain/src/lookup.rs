//! Asking for one account by its name: *gone* and *not read* are two answers.

/// What a question for one account by its name brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lookup<T> {
    /// The account does not exist at the answer's slot.
    Gone,
    /// It exists and decodes.
    Found(T),
    /// It exists and does not decode, or nobody asked.
    Unreadable,
}
