//! What a chat is linked to: whose nodes it hears of, and how it is spoken to.

use domain::{alert::preference::Preferences, destination::Place};
use store::{Destination, Read, StoreError, Watch};

/// A chat's links. Most chats have one.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Its destinations, oldest first; at least one.
    pub destinations: Vec<Destination>,
    /// The preferences of the first one's space: in its language it is answered.
    pub preferences: Preferences,
}

impl Linked {
    /// The links of a chat; `None`: it has none, or only to accounts that may not sign in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(tx: &mut Read, chat: i64) -> Result<Option<Self>, StoreError> {
        let mut destinations = Vec::new();
        for destination in tx.destinations_at(&Place::Telegram { chat }).await? {
            let account = tx.account(&destination.account).await?;
            if account.is_some_and(|account| account.disabled.is_none()) {
                destinations.push(destination);
            }
        }
        let Some(first) = destinations.first() else { return Ok(None) };
        let preferences = tx.preferences(&first.space).await?;
        Ok(Some(Self { destinations, preferences }))
    }

    /// The watches of every space that the chat is linked to, each with its space.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watches(&self, tx: &mut Read) -> Result<Vec<(String, Watch)>, StoreError> {
        let mut watches = Vec::new();
        for destination in &self.destinations {
            let of_space = tx.watches(&destination.space).await?;
            watches.extend(of_space.into_iter().map(|watch| (destination.space.clone(), watch)));
        }
        Ok(watches)
    }
}
