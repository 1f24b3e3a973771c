//! The one place that draws random bytes; everybody else is handed an [`Entropy`].

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng, SeedableRng, TryRng, rngs::StdRng, rngs::SysRng};

/// A source of random bytes: the operating system's, or a repeatable one in tests.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<StdRng>>);

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl Entropy {
    /// Seeded by the operating system.
    ///
    /// # Errors
    /// When the operating system gives no random bytes: nothing secret may be made then.
    pub fn system() -> Result<Self, String> {
        let mut seed = [0; 32];
        SysRng
            .try_fill_bytes(&mut seed)
            .map_err(|error| format!("no random bytes from the system: {error}"))?;
        Ok(Self(Arc::new(Mutex::new(StdRng::from_seed(seed)))))
    }

    /// The same bytes every time: for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Fills this with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    /// A secret of 256 bits, as base64url.
    #[must_use]
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// An id of 128 bits, as 26 characters of a-z2-7.
    #[must_use]
    pub fn id(&self) -> String {
        self.base32::<26>()
    }

    /// `N` characters of a-z2-7, five bits each.
    #[must_use]
    pub fn base32<const N: usize>(&self) -> String {
        self.bytes::<N>().iter().map(|byte| char::from(BASE32[usize::from(byte & 31)])).collect()
    }

    /// `N` characters of A-Za-z0-9, each as likely as any other.
    #[must_use]
    pub fn alphanumeric<const N: usize>(&self) -> String {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut text = String::with_capacity(N);
        while text.len() < N {
            // 62 does not divide 256: what is over would make some characters likelier.
            let fair =
                self.bytes::<64>().into_iter().map(|byte| usize::from(byte & 63)).filter(|index| *index < 62);
            text.extend(fair.take(N - text.len()).map(|index| char::from(ALPHABET[index])));
        }
        text
    }

    /// A number below `bound`, for jitter. Zero stays zero.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { u64::from_le_bytes(self.bytes()) % bound }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        assert_eq!(Entropy::seeded(7).secret(), Entropy::seeded(7).secret());
        assert_ne!(Entropy::system().unwrap().secret(), Entropy::system().unwrap().secret());
    }

    #[test]
    fn ids_are_of_their_alphabet() {
        let id = Entropy::seeded(1).id();
        assert!(id.len() == 26 && id.bytes().all(|byte| BASE32.contains(&byte)), "{id}");
    }
}
