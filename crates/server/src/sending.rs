//! Builds the channels from the configuration.

use channels::{
    Channels, Random,
    email::Mail,
    push::{Push, Vapid, new_key},
    telegram::Bot,
    webhook::Webhook,
};
use outbound::{Guard, Guarded, Roots};

use crate::{config::Config, entropy::Entropy};

/// At whom a push service may complain when the operator named neither a sender of mail nor an address of https.
const NO_CONTACT: &str = "mailto:wakeful@example.net";

/// The key pair of push messages; made at the first start, and the same ever after: browsers subscribe to it.
#[must_use]
pub fn new_push_key(entropy: &Entropy) -> String {
    new_key(&random(entropy))
}

/// Every channel that is configured.
///
/// # Errors
/// One sentence that says what cannot be used.
pub fn channels(config: &Config, push_key: &str, entropy: &Entropy) -> Result<Channels, String> {
    let no_client = |error: reqwest::Error| format!("no HTTP client: {error}");
    let roots = Roots::from_der(config.trusted_roots.clone());
    let guarded = Guarded::new(Guard::new(config.allow_private.clone())).map_err(no_client)?;
    let client = outbound::client_trusting(&roots).map_err(no_client)?;
    let email = match &config.mail {
        Some(mail) => {
            Some(Mail::new(mail.server.clone(), &mail.from, roots).map_err(|error| error.to_string())?)
        }
        None => None,
    };
    let page = config.public_url.clone();
    let contact = match (&email, &page) {
        (Some(mail), _) => format!("mailto:{}", mail.address()),
        (None, Some(url)) if url.scheme() == "https" => url.to_string(),
        _ => NO_CONTACT.to_owned(),
    };
    let vapid = Vapid::new(push_key, &contact).map_err(|error| error.to_string())?;
    Ok(Channels {
        page,
        telegram: config.telegram.as_ref().map(|bot| Bot::new(bot.token.expose(), &bot.api, client)),
        email,
        push: Push::new(guarded.clone(), vapid, random(entropy)),
        webhook: Webhook::new(guarded),
    })
}

fn random(entropy: &Entropy) -> Random {
    let entropy = entropy.clone();
    Random::new(move |bytes| entropy.fill(bytes))
}
