//! Where nodes' endpoints are: one pattern for all of them.

use domain::address::Address;
use url::Url;

const NODE: &str = "{node}";

/// A URL with `{node}` in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Template(String);

/// Why a text cannot be the pattern of the endpoints.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TemplateError {
    /// `{node}` is missing.
    #[error("the endpoints' URL needs {{node}} where a node's address goes")]
    NoNode,
    /// It makes no http or https URL.
    #[error("the endpoints' URL is no http or https URL")]
    NotAUrl,
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        if !text.contains(NODE) {
            return Err(TemplateError::NoNode);
        }
        let template = Self(text.trim_end_matches('/').to_owned());
        template.info_url(&Address::SYSTEM).ok_or(TemplateError::NotAUrl)?;
        Ok(template)
    }

    /// Where a node tells of itself. In a host name the address loses its capitals, as in every browser.
    pub(super) fn info_url(&self, node: &Address) -> Option<Url> {
        let base = self.0.replace(NODE, &node.to_string());
        let url = Url::parse(&format!("{base}/node/info")).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.host_str().is_some()).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(template: &str) -> String {
        let node = "67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i".parse().unwrap();
        Template::parse(template).unwrap().info_url(&node).unwrap().to_string()
    }

    #[test]
    fn the_address_goes_into_the_host_or_into_the_path() {
        assert_eq!(
            url("https://{node}.node.example.net"),
            "https://67qvhlkgmm62rlevcgrde1awhepu3njdiemvx6rzex6i.node.example.net/node/info"
        );
        assert_eq!(
            url("http://127.0.0.1:8080/node/{node}/"),
            "http://127.0.0.1:8080/node/67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i/node/info"
        );
    }

    #[test]
    fn a_pattern_that_makes_no_url_is_refused() {
        assert_eq!(Template::parse("https://example.net"), Err(TemplateError::NoNode));
        assert_eq!(Template::parse("{node}.example.net"), Err(TemplateError::NotAUrl));
        assert_eq!(Template::parse("ftp://{node}.example.net"), Err(TemplateError::NotAUrl));
    }
}
