//! Lets a test choose which query of a store fails. In the program there is nothing to choose, and this is empty.

use crate::StoreError;

/// What fails next. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    #[cfg(feature = "testbed")]
    pub(crate) plan: std::sync::Arc<crate::testbed::Plan>,
}

impl Faults {
    /// Counts a query (a begin and a commit are one each) and fails when the test wants it to.
    #[cfg(feature = "testbed")]
    pub(crate) fn next(&self) -> Result<(), StoreError> {
        self.plan.next()
    }

    /// Nothing fails by itself.
    #[cfg(not(feature = "testbed"))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "its other form, for tests, needs both"
    )]
    pub(crate) const fn next(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether readers are behind the writer just now, as a replica would be.
    #[cfg(feature = "testbed")]
    pub(crate) fn readers_lag(&self) -> bool {
        self.plan.readers_lag()
    }

    /// Readers of one database see what was committed.
    #[cfg(not(feature = "testbed"))]
    #[expect(clippy::unused_self, reason = "its other form, for tests, needs it")]
    pub(crate) const fn readers_lag(&self) -> bool {
        false
    }
}
