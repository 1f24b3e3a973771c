//! How an account's bytes are read: little-endian fields in order, after eight bytes that name the kind
//! (network.md §1.2).
//!
//! Nothing here panics, and nothing allocates by a length that it read. The tail behind the last field is ignored:
//! accounts are allocated larger than they are filled, and a shrunk queue leaves its old entries there.

use domain::address::Address;

/// The first eight bytes of an account: `sha256("account:<StructName>")[..8]`.
pub type Discriminator = [u8; 8];

/// What the programs' framework writes over an account that it closes.
const CLOSED: Discriminator = [0xff; 8];

/// Why bytes are no account of the kind asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LayoutError {
    /// No data, or the mark of a closed account.
    #[error("the account is closed")]
    Closed,
    /// The data ends within a field.
    #[error("{length} bytes are too few")]
    Short {
        /// How many bytes there are.
        length: usize,
    },
    /// Another kind of account.
    #[error("the account is of another kind")]
    OtherKind,
    /// A queue longer than any market's.
    #[error("a queue of {length} entries")]
    QueueTooLong {
        /// The length read.
        length: u32,
    },
}

/// The fields of one account, read in order.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Fields<'a> {
    /// The fields behind the discriminator, which must be `kind`.
    pub(super) fn of(data: &'a [u8], kind: Discriminator) -> Result<Self, LayoutError> {
        if data.is_empty() {
            return Err(LayoutError::Closed);
        }
        let mut fields = Self::bare(data);
        match fields.bytes::<8>()? {
            found if found == kind => Ok(fields),
            CLOSED => Err(LayoutError::Closed),
            _ => Err(LayoutError::OtherKind),
        }
    }

    /// The fields of an account that has no discriminator.
    pub(super) const fn bare(data: &'a [u8]) -> Self {
        Self { rest: data, length: data.len() }
    }

    const fn short(&self) -> LayoutError {
        LayoutError::Short { length: self.length }
    }

    /// The next `N` bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], LayoutError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(*head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, LayoutError> {
        self.bytes().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, LayoutError> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, LayoutError> {
        self.bytes().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, LayoutError> {
        self.bytes().map(i64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Result<u128, LayoutError> {
        self.bytes().map(u128::from_le_bytes)
    }

    pub(super) fn address(&mut self) -> Result<Address, LayoutError> {
        self.bytes().map(Address::new)
    }

    /// The next `count` addresses. The bytes are there before anything is allocated.
    pub(super) fn addresses(&mut self, count: usize) -> Result<Vec<Address>, LayoutError> {
        let (keys, _) = self.rest.as_chunks::<32>();
        let keys = keys.get(..count).ok_or_else(|| self.short())?;
        self.rest = self.rest.get(keys.as_flattened().len()..).unwrap_or_default();
        Ok(keys.iter().copied().map(Address::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Discriminator = [1, 2, 3, 4, 5, 6, 7, 8];

    fn refusal(data: &[u8]) -> Option<LayoutError> {
        Fields::of(data, KIND).err()
    }

    #[test]
    fn a_closed_account_is_refused_as_such() {
        assert_eq!(refusal(&[]), Some(LayoutError::Closed));
        assert_eq!(refusal(&[0xff; 120]), Some(LayoutError::Closed));
        assert_eq!(refusal(&[0; 120]), Some(LayoutError::OtherKind));
        assert_eq!(refusal(&[1, 2, 3]), Some(LayoutError::Short { length: 3 }));
    }

    #[test]
    fn addresses_are_taken_only_where_all_of_them_are_there() {
        let mut fields = Fields::bare(&[7; 95]);
        assert_eq!(fields.addresses(3), Err(LayoutError::Short { length: 95 }));
        assert_eq!(fields.addresses(2), Ok(vec![Address::new([7; 32]); 2]));
        assert_eq!(fields.bytes::<31>(), Ok([7; 31]));
        assert_eq!(fields.addresses(0), Ok(Vec::new()));
        assert_eq!(fields.addresses(usize::MAX), Err(LayoutError::Short { length: 95 }));
    }
}
