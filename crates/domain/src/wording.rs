//! Events in words: plain, calm, exact, in the person's language, zone and time format.
//!
//! `fact` says what is to be said, `en` and `de` say it, `message` puts it together. What a person typed is plain text here;
//! each channel escapes it in its own way.

mod de;
mod digest;
mod en;
mod fact;
mod figure;
mod message;
pub mod telegram;
mod tongue;

pub use digest::{Digest, summary};
pub use figure::Speech;
pub use message::{called, many, missed, night, one, unsteady};
