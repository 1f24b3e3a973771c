//! The command line: every variable of the environment is also a flag. Values are judged in `config`.

use clap::{Args, Parser, Subcommand};

/// Wakeful watches Nosana nodes with no browser open and signs nobody out by accident.
#[derive(Debug, Parser)]
#[command(name = "wakeful", version, about)]
pub struct Cli {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings, good before and after a command.
    #[command(flatten)]
    pub settings: Settings,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server.
    Serve,
    /// Prints the OpenAPI document.
    Openapi,
    /// Exits 0 when `/api/health` answers: for containers and systemd.
    Healthcheck,
    /// The keys that sign bearer tokens.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Who is signed in, and ending it.
    #[command(subcommand)]
    Sessions(SessionsCommand),
    /// Accounts.
    #[command(subcommand)]
    Users(UsersCommand),
}

/// What to do with the signing keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Every key and its state.
    List,
    /// Adds a key that signs after a minute; the one before it goes on verifying.
    Rotate,
    /// Ends at once everything that a key signed. Cookies go on.
    Compromise {
        /// The key's name.
        kid: String,
    },
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionsCommand {
    /// Every session, past ones with the reason of their end.
    List {
        /// Of this account only.
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
    },
    /// Ends sessions; open pages hear of it within a second.
    End(Whose),
}

/// Whose sessions end.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// One session.
    pub session: Option<String>,
    /// All of this account.
    #[arg(long, value_name = "EMAIL")]
    pub user: Option<String>,
    /// All of everybody.
    #[arg(long)]
    pub all: bool,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Every account.
    List,
    /// Makes an account; its password is the first line of the standard input.
    Add {
        /// What the person signs in with.
        email: String,
        /// As an administrator.
        #[arg(long)]
        admin: bool,
    },
    /// Prints a link with which this e-mail can make an account, once, within seven days.
    Invite {
        /// Whose.
        email: String,
    },
    /// Ends every session of an account and lets nobody sign in to it.
    Disable {
        /// Whose.
        email: String,
    },
    /// Lets it sign in again.
    Enable {
        /// Whose.
        email: String,
    },
    /// Prints a link with which this account can be given a new password, once, within seven days.
    ResetPassword {
        /// Whose.
        email: String,
    },
}

/// Every setting as it was typed. `None` = not given.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// Address and port to listen on [default: 127.0.0.1:8080].
    #[arg(long, global = true, env = "WAKEFUL_LISTEN")]
    pub listen: Option<String>,
    /// Folder of the embedded database [default: ./data].
    #[arg(long, global = true, env = "WAKEFUL_DATA")]
    pub data: Option<String>,
    /// `postgres://…` [default: SQLite in the data folder].
    #[arg(long, global = true, env = "WAKEFUL_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A file that holds the database URL.
    #[arg(long, global = true, env = "WAKEFUL_DATABASE_URL_FILE")]
    pub database_url_file: Option<String>,
    /// The URL that people type; https here means Secure cookies.
    #[arg(long, global = true, env = "WAKEFUL_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// More host names to answer to, separated by commas.
    #[arg(long, global = true, env = "WAKEFUL_HOSTS")]
    pub hosts: Option<String>,
    /// Networks (CIDR, commas) whose X-Forwarded-For counts.
    #[arg(long, global = true, env = "WAKEFUL_TRUSTED_PROXIES")]
    pub trusted_proxies: Option<String>,
    /// Private networks (CIDR, commas) that node, webhook and push URLs may reach.
    #[arg(long, global = true, env = "WAKEFUL_ALLOW_PRIVATE")]
    pub allow_private: Option<String>,
    /// Solana RPC endpoints, separated by commas [default: public mainnet].
    #[arg(long, global = true, env = "WAKEFUL_SOLANA_RPC", hide_env_values = true)]
    pub solana_rpc: Option<String>,
    /// A file that holds the RPC endpoints.
    #[arg(long, global = true, env = "WAKEFUL_SOLANA_RPC_FILE")]
    pub solana_rpc_file: Option<String>,
    /// Solana push (WebSocket) endpoints, separated by commas, or off [default: from the first RPC endpoint].
    #[arg(long, env = "WAKEFUL_SOLANA_WS", hide_env_values = true)]
    pub solana_ws: Option<String>,
    /// A file that holds the push endpoints.
    #[arg(long, env = "WAKEFUL_SOLANA_WS_FILE")]
    pub solana_ws_file: Option<String>,
    /// A node's own endpoint [default: `https://{node}.node.k8s.prd.nos.ci`].
    #[arg(long, global = true, env = "WAKEFUL_NODE_URL")]
    pub node_url: Option<String>,
    /// The network's host-manager: base URLs separated by commas, or off [default: the public ones].
    #[arg(long, env = "WAKEFUL_HOST_API_URL", hide_env_values = true)]
    pub host_api_url: Option<String>,
    /// The network's indexer: base URLs separated by commas, or off [default: the public ones].
    #[arg(long, env = "WAKEFUL_INDEXER_URL", hide_env_values = true)]
    pub indexer_url: Option<String>,
    /// The token of the Telegram bot, as @BotFather gives it [default: none, Telegram is off].
    #[arg(long, global = true, env = "WAKEFUL_TELEGRAM_TOKEN", hide_env_values = true)]
    pub telegram_token: Option<String>,
    /// A file that holds that token.
    #[arg(long, global = true, env = "WAKEFUL_TELEGRAM_TOKEN_FILE")]
    pub telegram_token_file: Option<String>,
    /// The Bot API [default: the public one].
    #[arg(long, global = true, env = "WAKEFUL_TELEGRAM_API")]
    pub telegram_api: Option<String>,
    /// on: Telegram delivers what people write to WAKEFUL_PUBLIC_URL [default: off, we ask for it].
    #[arg(long, global = true, env = "WAKEFUL_TELEGRAM_WEBHOOK")]
    pub telegram_webhook: Option<String>,
    /// The mail server: `smtps://user:password@host` or `smtp://host` [default: none, e-mail is off].
    #[arg(long, global = true, env = "WAKEFUL_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// A file that holds that URL.
    #[arg(long, global = true, env = "WAKEFUL_SMTP_URL_FILE")]
    pub smtp_url_file: Option<String>,
    /// Who mail is from: an address, or a name and an <address>.
    #[arg(long, global = true, env = "WAKEFUL_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Days for which displayed facts are kept; jobs and intervals stay for ever [default: 90].
    #[arg(long, env = "WAKEFUL_KEEP_DAYS")]
    pub keep_days: Option<String>,
    /// Seconds between two scans of the chain [default: 30].
    #[arg(long, global = true, env = "WAKEFUL_SCAN_SECONDS")]
    pub scan_seconds: Option<String>,
    /// Seconds between two looks for jobs that are over. Not for operators: tests cannot wait for ten minutes.
    #[arg(skip)]
    pub reconcile_seconds: Option<String>,
    /// Seconds between two probe rounds [default: 30].
    #[arg(long, global = true, env = "WAKEFUL_PROBE_SECONDS")]
    pub probe_seconds: Option<String>,
    /// Seconds of witnessed silence before silent and offline are said [default: 180].
    #[arg(long, global = true, env = "WAKEFUL_OFFLINE_SECONDS")]
    pub offline_seconds: Option<String>,
    /// Two times in seconds before stuck is said: for brief states, and for any [default: 600,3600].
    #[arg(long, global = true, env = "WAKEFUL_STUCK_SECONDS")]
    pub stuck_seconds: Option<String>,
    /// Two amounts of SOL below which a wallet is low, and critical [default: 0.02,0.006].
    #[arg(long, global = true, env = "WAKEFUL_SOL_LOW")]
    pub sol_low: Option<String>,
    /// The administrator made at the first start, instead of the first-run page.
    #[arg(long, global = true, env = "WAKEFUL_ADMIN_EMAIL")]
    pub admin_email: Option<String>,
    /// That administrator's password.
    #[arg(long, global = true, env = "WAKEFUL_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// A file that holds that password.
    #[arg(long, global = true, env = "WAKEFUL_ADMIN_PASSWORD_FILE")]
    pub admin_password_file: Option<String>,
    /// Who may register: invite, open or closed [default: invite].
    #[arg(long, global = true, env = "WAKEFUL_REGISTRATION")]
    pub registration: Option<String>,
    /// Most nodes of one account [default: 100].
    #[arg(long, global = true, env = "WAKEFUL_NODES_PER_ACCOUNT")]
    pub nodes_per_account: Option<String>,
    /// How long sessions last and what counts as use: default or strict [default: default].
    #[arg(long, global = true, env = "WAKEFUL_SESSION_PROFILE")]
    pub session_profile: Option<String>,
    /// Days a session lasts without use [default: 30].
    #[arg(long, global = true, env = "WAKEFUL_SESSION_IDLE")]
    pub session_idle: Option<String>,
    /// Days a session lasts in all [default: 365].
    #[arg(long, global = true, env = "WAKEFUL_SESSION_ABSOLUTE")]
    pub session_absolute: Option<String>,
    /// The old app's key. It is checked and not used; none is needed.
    #[arg(long, global = true, env = "SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<String>,
    /// A file that holds that key.
    #[arg(long, global = true, env = "SECRET_KEY_FILE")]
    pub secret_key_file: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or a filter [default: info].
    #[arg(long, global = true, env = "WAKEFUL_LOG")]
    pub log: Option<String>,
    /// text or json [default: text].
    #[arg(long, global = true, env = "WAKEFUL_LOG_FORMAT")]
    pub log_format: Option<String>,
}
