//! The body of a request as JSON: each way to be wrong has its code, and no answer repeats what was sent.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A request's body.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The most that a body may have, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = declared.and_then(|value| value.split(';').next()).map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
            return Err(ApiError::UnsupportedMediaType);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::BodyTooLarge)?;
        read(&bytes).map(Self)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() { wrong_type(field, &inner.to_string()) } else { ApiError::MalformedJson }
    })?;
    json.end().map_err(|_| ApiError::MalformedJson)?;
    Ok(value)
}

/// Keeps of serde's words only what is expected: the rest repeats the value.
fn wrong_type(field: String, said: &str) -> ApiError {
    if let Some(missing) = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if field == "." { missing.to_owned() } else { format!("{field}.{missing}") };
        return ApiError::WrongType { field, expected: "it is missing".to_owned() };
    }
    let expected =
        said.rsplit_once("expected ").map_or("another value is accepted", |(_, expected)| expected);
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    ApiError::WrongType { field, expected: format!("{expected} is expected") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the reading of it is tested")]
    struct Credentials {
        email: String,
        password: String,
    }

    fn refused(body: &str) -> ApiError {
        read::<Credentials>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn each_way_to_be_wrong_has_its_name() {
        assert!(matches!(refused("{"), ApiError::MalformedJson));
        assert!(matches!(refused(r#"{"email":"a","password":"b"} x"#), ApiError::MalformedJson));
        assert!(
            matches!(refused(r#"{"email":"a"}"#), ApiError::WrongType { field, .. } if field == "password")
        );
        let ApiError::WrongType { field, expected } = refused(r#"{"email":"a","password":12345678}"#) else {
            panic!()
        };
        assert_eq!((field.as_str(), expected.as_str()), ("password", "a string is expected"));
    }

    #[test]
    fn a_wrong_password_is_never_repeated() {
        for body in [r#"{"email":"a","password":["hunter2"]}"#, r#"{"email":"a","password":{"hunter2":1}}"#] {
            assert!(!format!("{:?}", refused(body)).contains("hunter2"));
        }
    }
}
