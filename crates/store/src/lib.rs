//! Keeps facts, accounts and sessions, in SQLite or PostgreSQL with one SQL text for both.
//!
//! ```text
//! let mut tx = store.read().await?;                  // a snapshot; dropping it ends it
//! let watches = tx.watches(&space).await?;
//!
//! let mut tx = store.write().await?;                 // every method of a read, and those that change
//! let change = tx.add_watch(&space, &watch, limit, now).await?;
//! tx.commit().await?;                                // without it everything is rolled back
//! ```
//!
//! Nothing here reads a clock or draws a random number: `now` and ids are arguments. Times are [`Timestamp`]s,
//! amounts are integers in the smallest unit. A commit that returned is durable.
//!
//! [`Timestamp`]: domain::time::Timestamp

mod account;
mod alert_log;
mod api_token;
mod attempt;
mod blindness;
mod change;
mod destination;
mod earning;
mod error;
mod event;
mod fact;
mod fault;
mod first_answer;
mod heartbeat;
mod invitation;
mod job;
mod keep;
mod lease;
mod location;
mod lock;
mod market;
mod market_history;
mod message;
mod meta;
mod migrate;
mod node;
mod outbox;
mod postgres;
mod preference;
mod reconcile;
mod revocation;
mod session;
mod signed;
mod signing_key;
mod space;
mod sql;
mod sqlite;
mod stored;
mod telegram_link;
mod transaction;
mod wake;
mod watch;

#[cfg(feature = "testbed")]
pub mod testbed;

pub use account::{Account, NewAccount};
pub use alert_log::{Alert, AlertQuery, Delivery};
pub use api_token::{NewToken, Token};
pub use attempt::Attempt;
pub use blindness::Blindness;
pub use destination::{Destination, NewDestination};
pub use error::StoreError;
pub use event::LoggedEvent;
pub use fact::Facts;
pub use first_answer::{Answer, Repeat};
pub use invitation::Invitation;
pub use job::{Job, JobCursor, JobQuery, OpenRun};
pub use lease::Fence;
pub use location::Location;
pub use market_history::{MarketPoint, MarketSample};
pub use message::{AttemptRow, Claimed, Message, MessageState};
pub use node::{Axis, Place, Span};
pub use outbox::{DueDesk, Listener, NewRow};
pub use preference::Summarised;
pub use reconcile::{Terms, Unsettled};
pub use revocation::Revocation;
pub use session::{Device, NewSession};
pub use signed::{Member, Signed, SignedToken};
pub use signing_key::{Compromised, SigningKey};
pub use space::{Membership, SpaceRole};
pub use telegram_link::TelegramLink;
pub use transaction::{Read, Store, Write};
pub use wake::Wakes;
pub use watch::{Added, NewWatch, RESTORE_WITHIN, Restored, Watch, WatchEdit};
