use super::*;

fn refused(settings: &Settings) -> String {
    Config::from_settings(settings).unwrap_err().to_string()
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

#[test]
fn nothing_given_is_a_working_configuration() {
    let config = Config::from_settings(&Settings::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.rules, Rules::default());
    assert!(!config.is_https());
}

#[test]
fn each_bad_value_is_named_with_what_is_accepted() {
    let cases = [
        (
            Settings { listen: text("8080"), ..Settings::default() },
            "WAKEFUL_LISTEN is \"8080\": an address and a port",
        ),
        (
            Settings { scan_seconds: text("soon"), ..Settings::default() },
            "WAKEFUL_SCAN_SECONDS is \"soon\": a whole number from 1 to 3600",
        ),
        (Settings { scan_seconds: text("0"), ..Settings::default() }, "WAKEFUL_SCAN_SECONDS is \"0\""),
        (
            Settings { stuck_seconds: text("600"), ..Settings::default() },
            "WAKEFUL_STUCK_SECONDS is \"600\": two numbers of seconds",
        ),
        (
            Settings { sol_low: text("0.006,0.02"), ..Settings::default() },
            "WAKEFUL_SOL_LOW is \"0.006,0.02\": two amounts of SOL",
        ),
        (
            Settings { registration: text("all"), ..Settings::default() },
            "WAKEFUL_REGISTRATION is \"all\": invite, open or closed",
        ),
        (
            Settings { node_url: text("https://nodes.example.net"), ..Settings::default() },
            "with {node} in its host or path",
        ),
        (
            Settings { public_url: text("https://example.net/wakeful"), ..Settings::default() },
            "an origin without a path",
        ),
        (
            Settings { public_url: text("ftp://example.net"), ..Settings::default() },
            "WAKEFUL_PUBLIC_URL is \"ftp://example.net\"",
        ),
        (
            Settings { hosts: text("nas.local,http://x"), ..Settings::default() },
            "WAKEFUL_HOSTS is \"http://x\"",
        ),
        (
            Settings { trusted_proxies: text("10.0.0.0/33"), ..Settings::default() },
            "WAKEFUL_TRUSTED_PROXIES is \"10.0.0.0/33\"",
        ),
        (
            Settings { allow_private: text("127.0.0.1, my house"), ..Settings::default() },
            "WAKEFUL_ALLOW_PRIVATE is \"my house\": networks such as 10.0.0.0/8",
        ),
        (
            Settings { admin_email: text("demo@example.net"), ..Settings::default() },
            "WAKEFUL_ADMIN_PASSWORD: it goes with",
        ),
        (
            Settings { telegram_webhook: text("maybe"), ..Settings::default() },
            "WAKEFUL_TELEGRAM_WEBHOOK is \"maybe\": on or off",
        ),
        (
            Settings { telegram_webhook: text("on"), ..Settings::default() },
            "it goes with an https WAKEFUL_PUBLIC_URL",
        ),
        (
            Settings { telegram_api: text("api.telegram.org"), ..Settings::default() },
            "WAKEFUL_TELEGRAM_API is \"api.telegram.org\"",
        ),
        (
            Settings { smtp_url: text("smtp://relay"), ..Settings::default() },
            "WAKEFUL_MAIL_FROM: it goes with",
        ),
        (
            Settings { mail_from: text("a@example.net"), ..Settings::default() },
            "WAKEFUL_SMTP_URL: it goes with",
        ),
        (
            Settings { smtp_url: text("smtp://relay"), mail_from: text("Wakeful"), ..Settings::default() },
            "WAKEFUL_MAIL_FROM is \"Wakeful\"",
        ),
        (Settings { log: text("=loud="), ..Settings::default() }, "WAKEFUL_LOG is"),
    ];
    for (settings, sentence) in cases {
        let said = refused(&settings);
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn a_secret_is_never_said() {
    let said =
        refused(&Settings { solana_rpc: text("ftp://rpc.example.net/?key=hunter2"), ..Settings::default() });
    assert!(said.contains("WAKEFUL_SOLANA_RPC") && !said.contains("hunter2"), "{said}");
    for token in ["hunter2", "1:hunter2!", ":hunter2"] {
        let said = refused(&Settings { telegram_token: text(token), ..Settings::default() });
        assert!(
            said.contains("WAKEFUL_TELEGRAM_TOKEN: a bot's token") && !said.contains("hunter2"),
            "{said}"
        );
    }
    let smtp = Settings {
        smtp_url: text("http://me:hunter2@relay"),
        mail_from: text("a@example.net"),
        ..Settings::default()
    };
    assert!(refused(&smtp).contains("WAKEFUL_SMTP_URL: smtps://") && !refused(&smtp).contains("hunter2"));
    let said = refused(&Settings { database_url: text("mysql://root:hunter2@db"), ..Settings::default() });
    assert!(said.contains("WAKEFUL_DATABASE_URL") && !said.contains("hunter2"), "{said}");
    let admin = Settings {
        admin_email: text("demo@example.net"),
        admin_password: text("hunter2"),
        ..Settings::default()
    };
    assert!(!refused(&admin).contains("hunter2"));
}

#[test]
fn an_empty_value_is_not_given() {
    let settings =
        Settings { listen: text(""), hosts: text(" "), admin_password: text(""), ..Settings::default() };
    assert!(Config::from_settings(&settings).is_ok());
}

#[test]
fn what_words_are_sent_through_is_off_until_it_is_set() {
    let config = Config::from_settings(&Settings::default()).unwrap();
    assert!(config.telegram.is_none() && config.mail.is_none());
    let settings = Settings {
        public_url: text("https://wakeful.example.net"),
        telegram_token: text("123456:AAbb-_9"),
        telegram_webhook: text("on"),
        smtp_url: text("smtps://me:hunter2@mail.example.net"),
        mail_from: text("Wakeful <wakeful@example.net>"),
        ..Settings::default()
    };
    let config = Config::from_settings(&settings).unwrap();
    let bot = config.telegram.clone().unwrap();
    assert_eq!((bot.api.as_str(), bot.webhook), ("https://api.telegram.org/", true));
    assert!(config.mail.is_some());
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("AAbb"), "{shown}");
}

#[test]
fn push_follows_the_first_rpc_endpoint_unless_it_is_told_otherwise() {
    let ws = |rpc: Option<&str>, ws: Option<&str>| {
        let settings =
            Settings { solana_rpc: rpc.and_then(text), solana_ws: ws.and_then(text), ..Settings::default() };
        let config = Config::from_settings(&settings).unwrap();
        config.solana_ws.iter().map(|url| url.expose().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ws(None, None), ["wss://api.mainnet-beta.solana.com"]);
    assert_eq!(ws(Some("http://localhost:8899/rpc/a,https://b"), None), ["ws://localhost:8899/rpc/a"]);
    assert_eq!(ws(Some("https://a"), Some("wss://b/key, ws://c")), ["wss://b/key", "ws://c"]);
    assert!(ws(Some("https://a"), Some("off")).is_empty());
    for wrong in ["https://rpc.example.net/hunter2", "on hunter2", "ws://a,hunter2"] {
        let said = refused(&Settings { solana_ws: text(wrong), ..Settings::default() });
        assert!(
            said.contains("WAKEFUL_SOLANA_WS: off, or ws and wss") && !said.contains("hunter2"),
            "{said}"
        );
    }
}
