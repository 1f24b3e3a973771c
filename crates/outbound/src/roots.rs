//! Whom a TLS connection trusts: the machine's certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured), and those
//! that were handed in beside them. HTTP and WebSocket connections trust the same.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::CryptoProvider, pki_types::CertificateDer};
use rustls_platform_verifier::Verifier;

/// Certificates that are trusted beside the machine's; none by default.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Certificates in DER form.
    #[must_use]
    pub fn from_der(certificates: Vec<Vec<u8>>) -> Self {
        Self(certificates.into_iter().map(CertificateDer::from).collect())
    }

    /// The certificates in DER form.
    pub fn der(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    pub(crate) fn for_http(&self) -> Result<Vec<reqwest::Certificate>, reqwest::Error> {
        self.0.iter().map(|der| reqwest::Certificate::from_der(der)).collect()
    }

    /// The TLS of a WebSocket connection.
    ///
    /// # Errors
    /// The process has installed no rustls provider, the machine has no root certificates, or one of these is none.
    pub fn tls(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = CryptoProvider::get_default()
            .cloned()
            .ok_or_else(|| rustls::Error::General("no cryptography was installed".to_owned()))?;
        let verifier = Verifier::new_with_extra_roots(self.0.iter().cloned(), provider.clone())?;
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        // Not weaker: the verifier is the one that the HTTP client uses.
        Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
    }
}

impl std::fmt::Debug for Roots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Roots({})", self.0.len())
    }
}
