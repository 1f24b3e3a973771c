//! What the network's own API says of itself, as last read: handlers read it, one loop writes it.

use std::sync::{Arc, PoisonError, RwLock};

use domain::catalogue::Catalogue;

/// The catalogue, shared.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Arc<Catalogue>>);

impl Shelf {
    /// As last read.
    #[must_use]
    pub fn get(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another in its place.
    pub fn put(&self, catalogue: Catalogue) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
    }
}
