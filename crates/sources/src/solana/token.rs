//! An SPL token account: where a node's NOS lie (network.md §1.7).

use domain::address::Address;

use super::layout::{Fields, LayoutError};

/// The size of every account of the token program; it has no discriminator.
pub const ALLOCATED: usize = 165;

/// How much of which token lies in whose account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Token {
    /// The token.
    pub mint: Address,
    /// Whose it is.
    pub owner: Address,
    /// In the token's smallest unit.
    pub amount: u64,
}

/// Reads a token account's bytes, of which there must be 165.
///
/// # Errors
/// No bytes, or too few of them.
pub fn decode(data: &[u8]) -> Result<Token, LayoutError> {
    match data.len() {
        0 => return Err(LayoutError::Closed),
        length if length < ALLOCATED => return Err(LayoutError::Short { length }),
        _ => {}
    }
    let mut fields = Fields::bare(data);
    Ok(Token { mint: fields.address()?, owner: fields.address()?, amount: fields.u64()? })
}
