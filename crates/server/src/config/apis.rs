//! Where the network's own HTTP APIs are: the newer services first, then the older ones (network.md §3.1).

use super::{
    ConfigError, Secret,
    read::{base_url, given, list},
};

/// The host-manager of era B, then of era A.
pub const HOST_API: &str = "https://host-manager.k8s.prd.nosana.com,https://dashboard.k8s.prd.nos.ci/api";
/// The indexer of era B, then of era A.
pub const INDEXER: &str = "https://blockchain-indexer.k8s.prd.nos.ci,https://dashboard.k8s.prd.nos.ci/api";

/// A comma list of base URLs; `off` = none.
pub fn bases(variable: &'static str, value: Option<&str>, usual: &str) -> Result<Vec<Secret>, ConfigError> {
    let value = given(value).unwrap_or(usual);
    if value.eq_ignore_ascii_case("off") {
        return Ok(Vec::new());
    }
    let bases = list(Some(value)).map(|url| match base_url(variable, url) {
        Ok(_) => Ok(Secret(url.to_owned())),
        // A key may stand in it.
        Err(_) => Err(ConfigError::secret(variable, "http or https URLs, separated by commas, or off")),
    });
    bases.collect()
}
