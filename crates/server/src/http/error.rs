//! Every error of the API: one enum, one shape (RFC 9457), a stable code, a sentence for a person, the field.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_token::Scope,
    session::{EndReason, TokenEnd},
};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// What can go wrong between a request and its answer.
#[derive(Debug)]
pub enum ApiError {
    /// The body is no JSON.
    MalformedJson,
    /// The nonce of a question about the session is missing or not one.
    WrongNonce(String),
    /// A parameter of the query cannot be used.
    Query {
        /// Which.
        field: String,
        /// What is accepted. Never what was given.
        detail: String,
    },
    /// The variable part of a path is no text.
    Path,
    /// More addresses in one request than are taken.
    TooManyAddresses {
        /// How many were sent.
        sent: usize,
        /// How many are taken.
        most: usize,
    },
    /// A field has the wrong type, or is missing.
    WrongType {
        /// Its path in the body.
        field: String,
        /// What is accepted. Never what was given: it may be a password.
        expected: String,
    },
    /// A value deep in the body is not accepted.
    Value {
        /// Its path in the body.
        field: String,
        /// What is accepted.
        expected: String,
    },
    /// A field has the right type and a value that is not accepted.
    Field {
        /// The field.
        field: &'static str,
        /// The code.
        code: String,
        /// The sentence.
        detail: String,
    },
    /// None of the given nodes could be added.
    Addresses(Vec<AddressProblem>),
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// The body is over 64 KiB.
    BodyTooLarge,
    /// Nothing here by that name.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// A Host that this server does not answer to.
    HostNotAllowed,
    /// A request that another site may have sent.
    Csrf(&'static str),
    /// The browser is signed in as somebody else than the page believes.
    AccountSwitched,
    /// No credential.
    NotSignedIn,
    /// A credential that names nothing here, or is no good.
    UnknownCredential,
    /// The session ended, and its row says why.
    SessionEnded(EndReason),
    /// The bearer token is good no more; its session may go on.
    TokenEnded(TokenEnd),
    /// An API token where only a session will do.
    TokenNotAccepted,
    /// The API token lacks a scope.
    ScopeMissing(Scope),
    /// The password given again is not the one of the account that is signed in.
    WrongPassword(&'static str),
    /// The Idempotency-Key was used for another request.
    KeyReused,
    /// The first request with this Idempotency-Key is still at work.
    AtWork,
    /// The account may not do this.
    Forbidden,
    /// No Telegram bot is configured.
    TelegramOff,
    /// The first account is not made yet.
    SetupNeeded,
    /// It is made already.
    SetupDone,
    /// Not the code that the program printed.
    SetupCodeWrong,
    /// Unknown e-mail or wrong password; which one is not said.
    WrongCredentials,
    /// The right password of an account that an administrator disabled.
    AccountDisabled,
    /// The e-mail has an account.
    EmailTaken,
    /// The space is told there already.
    DestinationTaken,
    /// This was asked too often lately; try again after so many seconds.
    TooOften(u32),
    /// A message did not reach its provider's answer in time.
    StillSending,
    /// The mail server takes nothing just now.
    NoMail,
    /// Nobody may register here.
    RegistrationClosed,
    /// Only with an invitation.
    InvitationNeeded,
    /// Too many at once; try again after so many seconds.
    Busy(u32),
    /// Too many failures; nothing was looked at. Try again after so many seconds.
    TooManyAttempts(u32),
    /// The scan that was asked for did not end in time.
    LookTimedOut,
    /// We could not look: the store did not answer. Says nothing about the session.
    Undecided,
    /// The same, and asking again is of use only after so many seconds.
    UndecidedFor(u32),
    /// Our own fault.
    Internal(String),
}

/// One address that could not be added.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddressProblem {
    /// As it was given, cut at 64 characters.
    pub address: String,
    /// The stable code.
    pub code: String,
    /// The sentence.
    pub detail: String,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code tells the kind.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind_uri: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
    /// The field that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// One entry per address, where several were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<AddressProblem>,
    /// `wakeful.session` where this is our own word on a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Why the session ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the store did not answer");
                Self::Undecided
            }
            // Only from what somebody sent: nothing of ours holds one.
            StoreError::NulCharacter => Self::WrongType {
                field: ".".to_owned(),
                expected: "a text without NUL characters is expected".to_owned(),
            },
            other => Self::Internal(other.to_string()),
        }
    }
}

impl ApiError {
    /// A parameter of the query that cannot be used, with what is accepted.
    pub fn query(field: &str, accepted: &str) -> Self {
        Self::Query { field: field.to_owned(), detail: accepted.trim_end_matches('.').to_owned() }
    }

    /// A value deep in the body that is not accepted, with what is.
    pub fn value(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Value { field: field.into(), expected: expected.into() }
    }

    /// A field whose value is not accepted, by its code, with a sentence.
    pub fn field(field: &'static str, code: &str, detail: &str) -> Self {
        Self::Field { field, code: code.to_owned(), detail: detail.to_owned() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::MalformedJson | Self::WrongNonce(_) | Self::Query { .. } | Self::Path => {
                StatusCode::BAD_REQUEST
            }
            Self::WrongType { .. }
            | Self::Value { .. }
            | Self::Field { .. }
            | Self::Addresses(_)
            | Self::TooManyAddresses { .. }
            | Self::WrongPassword(_)
            | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::HostNotAllowed => StatusCode::MISDIRECTED_REQUEST,
            Self::Csrf(_)
            | Self::Forbidden
            | Self::SetupCodeWrong
            | Self::AccountDisabled
            | Self::RegistrationClosed
            | Self::InvitationNeeded
            | Self::TokenNotAccepted
            | Self::ScopeMissing(_) => StatusCode::FORBIDDEN,
            Self::AccountSwitched
            | Self::SetupNeeded
            | Self::SetupDone
            | Self::EmailTaken
            | Self::DestinationTaken
            | Self::AtWork
            | Self::TelegramOff => StatusCode::CONFLICT,
            Self::NotSignedIn
            | Self::UnknownCredential
            | Self::SessionEnded(_)
            | Self::TokenEnded(_)
            | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Busy(_) | Self::TooManyAttempts(_) | Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::LookTimedOut | Self::StillSending => StatusCode::GATEWAY_TIMEOUT,
            Self::Undecided | Self::UndecidedFor(_) | Self::NoMail => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::WrongNonce(_) => "wrong_nonce",
            Self::Query { .. } => "bad_query",
            Self::Path => "bad_path",
            Self::TooManyAddresses { .. } => "too_many_addresses",
            Self::WrongType { .. } => "wrong_type",
            Self::Value { .. } => "value_invalid",
            Self::Field { code, .. } => code,
            Self::Addresses(problems) => {
                problems.first().map_or("addresses_missing", |problem| &problem.code)
            }
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::BodyTooLarge => "body_too_large",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::HostNotAllowed => "host_not_allowed",
            Self::Csrf(_) => "csrf",
            Self::AccountSwitched => "account_switched",
            Self::NotSignedIn => "not_signed_in",
            Self::UnknownCredential => "unknown_credential",
            Self::SessionEnded(_) => "session_ended",
            Self::TokenEnded(_) => "token_ended",
            Self::TokenNotAccepted => "token_not_accepted",
            Self::ScopeMissing(_) => "scope_missing",
            Self::WrongPassword(_) => "wrong_password",
            Self::KeyReused => "idempotency_key_reused",
            Self::AtWork => "request_at_work",
            Self::Forbidden => "forbidden",
            Self::TelegramOff => "telegram_off",
            Self::SetupNeeded => "setup_needed",
            Self::SetupDone => "setup_done",
            Self::SetupCodeWrong => "setup_code_wrong",
            Self::WrongCredentials => "wrong_credentials",
            Self::AccountDisabled => "account_disabled",
            Self::EmailTaken => "email_taken",
            Self::DestinationTaken => "destination_taken",
            Self::TooOften(_) => "too_often",
            Self::StillSending => "still_sending",
            Self::NoMail => "no_mail",
            Self::RegistrationClosed => "registration_closed",
            Self::InvitationNeeded => "invitation_needed",
            Self::Busy(_) => "busy",
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::LookTimedOut => "look_timed_out",
            Self::Undecided | Self::UndecidedFor(_) => "undecided",
            Self::Internal(_) => "internal",
        }
    }

    fn detail(&self) -> String {
        let said = match self {
            Self::WrongNonce(expected) => {
                return format!("The header Session-Nonce is not right: {expected}.");
            }
            Self::Query { field, detail } => return format!("The parameter {field} is not right: {detail}."),
            Self::TooManyAddresses { sent, most } => {
                return format!("These are {sent} addresses. Send at most {most} at once.");
            }
            Self::Path => "The address of this request cannot be read.",
            Self::WrongType { field, expected } if field == "." => {
                return format!("The body is not right: {expected}.");
            }
            Self::WrongType { field, expected } | Self::Value { field, expected } => {
                return format!("{field} is not right: {expected}.");
            }
            Self::Field { detail, .. } => return detail.clone(),
            Self::Addresses(problems) => match problems.first() {
                Some(problem) if problems.len() == 1 => return problem.detail.clone(),
                Some(_) => return format!("None of these {} addresses could be added.", problems.len()),
                None => "No address was given. Send one in `address` or several in `addresses`.",
            },
            Self::MalformedJson => "The body is not valid JSON.",
            Self::UnsupportedMediaType => "The body must be sent as application/json.",
            Self::BodyTooLarge => "The body is over 64 KiB. Send less at once.",
            Self::NotFound => "There is nothing by this name.",
            Self::MethodNotAllowed => "This address does not take that method.",
            Self::HostNotAllowed => "This server does not answer to that host name. Add it to WAKEFUL_HOSTS.",
            Self::Csrf(why) => why,
            Self::AccountSwitched => "This browser is signed in as somebody else by now. Nothing was done.",
            Self::NotSignedIn => "You are not signed in.",
            Self::UnknownCredential => "This credential is not known here, or no longer good.",
            Self::SessionEnded(_) => "This session has ended.",
            Self::TokenEnded(_) => "This token is no longer good. Sign in for another.",
            Self::TokenNotAccepted => "An API token cannot do this. Sign in.",
            Self::ScopeMissing(scope) => {
                return format!("This API token lacks the scope {}.", scope.word());
            }
            Self::WrongPassword(_) => "This is not the password of your account.",
            Self::KeyReused => "This Idempotency-Key was used for another request. Use a new one.",
            Self::AtWork => "The first request with this Idempotency-Key is still at work.",
            Self::Forbidden => "Your account may not do this.",
            Self::TelegramOff => "This server has no Telegram bot. Its operator sets WAKEFUL_TELEGRAM_TOKEN.",
            Self::SetupNeeded => {
                "This installation has no account yet. Open the set-up link that the program printed."
            }
            Self::SetupDone => "This installation is set up already. Sign in.",
            Self::SetupCodeWrong => "This is not the set-up code that the program printed.",
            Self::WrongCredentials => "The e-mail or the password is wrong.",
            Self::AccountDisabled => "An administrator disabled this account.",
            Self::EmailTaken => "This e-mail has an account already. Sign in.",
            Self::DestinationTaken => "You are told there already.",
            Self::TooOften(seconds) => {
                return format!("That was asked too often. Try again in {seconds} seconds.");
            }
            Self::NoMail => "The mail could not be sent just now. Try again in a moment.",
            Self::StillSending => "The provider did not answer yet. The message is still on its way.",
            Self::RegistrationClosed => "Nobody can register here.",
            Self::InvitationNeeded => "Registering here takes an invitation. Ask the administrator for one.",
            Self::Busy(_) => "Too many sign-ins at once. Try again in a moment.",
            Self::TooManyAttempts(seconds) => {
                return format!("Too many failed attempts. Try again in {seconds} seconds.");
            }
            Self::LookTimedOut => "The look did not end in time. What it finds fills itself in.",
            Self::Undecided | Self::UndecidedFor(_) => {
                "We could not look just now. Nothing is decided; try again."
            }
            Self::Internal(_) => "Something failed on our side. It is in the server's log.",
        };
        said.to_owned()
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy(seconds)
            | Self::TooManyAttempts(seconds)
            | Self::TooOften(seconds)
            | Self::UndecidedFor(seconds) => Some(*seconds),
            Self::AtWork => Some(1),
            Self::Undecided => Some(2),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(%cause, "a request failed on our side");
        }
        let status = self.status();
        let (kind, reason) = match &self {
            Self::SessionEnded(reason) => (Some("wakeful.session"), Some(reason.word())),
            Self::TokenEnded(why) => (Some("wakeful.session"), Some(why.word())),
            Self::NotSignedIn | Self::UnknownCredential | Self::AccountSwitched => {
                (Some("wakeful.session"), None)
            }
            _ => (None, None),
        };
        let field = match &self {
            Self::WrongNonce(_) => Some("Session-Nonce".to_owned()),
            Self::WrongType { field, .. } | Self::Value { field, .. } | Self::Query { field, .. } => {
                Some(field.clone())
            }
            Self::Path => Some("address".to_owned()),
            Self::TooManyAddresses { .. } => Some("addresses".to_owned()),
            Self::Field { field, .. } | Self::WrongPassword(field) => Some((*field).to_owned()),
            _ => None,
        };
        let retry_after = self.retry_after();
        let problem = Problem {
            kind_uri: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: self.code().to_owned(),
            detail: self.detail(),
            field,
            kind,
            reason,
            errors: if let Self::Addresses(problems) = self { problems } else { Vec::new() },
        };
        let code = problem.code.clone();
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED && code != "wrong_credentials" {
            // RFC 6750: a request that showed no credential gets no error code.
            let challenge = if code != "not_signed_in" { "Bearer error=\"invalid_token\"" } else { "Bearer" };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
