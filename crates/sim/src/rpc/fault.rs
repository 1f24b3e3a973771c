//! Answers of a broken RPC endpoint.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::key::JOBS;

/// How long a slow endpoint thinks.
pub(crate) const SLOW: Duration = Duration::from_secs(3);
/// An endless body ends here, whoever still listens.
const ENDLESS: usize = 1 << 30;
/// Bytes of one piece of it.
const PIECE: usize = 64 * 1024;
/// What the small answer inflates to.
pub(crate) const INFLATED: usize = 256 * 1024 * 1024;
/// The largest block of a zstd frame.
const BLOCK: usize = 128 * 1024;

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];

fn id(body: &[u8]) -> Value {
    let call: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    call.get("id").cloned().unwrap_or(Value::Null)
}

/// 429 as public endpoints say it.
pub(crate) fn too_many(body: &[u8]) -> Response {
    let error = json!({ "code": 429, "message": "Too many requests for a specific RPC call" });
    let text = json!({ "jsonrpc": "2.0", "error": error, "id": id(body) }).to_string();
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], JSON, text).into_response()
}

/// By turns bytes that are no JSON, and the first half of the right answer.
pub(crate) fn garbage(right: &str, turn: u64) -> Response {
    let half = &right.as_bytes()[..right.len() / 2];
    let bytes =
        if turn.is_multiple_of(2) { half.to_vec() } else { b"\x00\xff<<upstream went away>>\xfe".to_vec() };
    (JSON, bytes).into_response()
}

/// The headers at once, then one byte a second for ever.
pub(crate) fn drip() -> Response {
    let start = b"{\"jsonrpc\":\"2.0\",\"result\":[".iter().copied();
    let bytes = stream::iter(start.chain(std::iter::repeat(b' '))).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte]))
    });
    (JSON, Body::from_stream(bytes)).into_response()
}

/// An endless body; for compressed requests by turns a small one that inflates.
pub(crate) fn bomb(body: &[u8], turn: u64) -> Response {
    let compressed = body.windows(11).any(|window| window == b"base64+zstd");
    if compressed && turn.is_multiple_of(2) {
        return (JSON, inflating(body)).into_response();
    }
    let head = stream::iter([Bytes::from_static(b"{\"jsonrpc\":\"2.0\",\"result\":\"")]);
    let piece = Bytes::from(vec![b'A'; PIECE]);
    let rest = stream::iter(std::iter::repeat_n(piece, ENDLESS / PIECE));
    (JSON, Body::from_stream(head.chain(rest).map(Ok::<_, std::io::Error>))).into_response()
}

/// A program's list of one account whose data inflates to 256 MiB.
fn inflating(body: &[u8]) -> String {
    let account = json!({
        "data": [STANDARD.encode(zeros_frame()), "base64+zstd"],
        "executable": false,
        "lamports": 10_000_000,
        "owner": JOBS,
        "rentEpoch": u64::MAX,
        "space": 10_224,
    });
    let entry = json!({ "account": account, "pubkey": JOBS });
    let result = json!({ "context": { "apiVersion": "3.1.8", "slot": 0 }, "value": [entry] });
    json!({ "jsonrpc": "2.0", "result": result, "id": id(body) }).to_string()
}

/// A zstd frame of run-length blocks: four bytes for 128 KiB of zeros.
fn zeros_frame() -> Vec<u8> {
    // Magic, no length in front, a window of 2 MiB: as a validator's frames begin.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    let blocks = INFLATED / BLOCK;
    for index in 1..=blocks {
        let last = usize::from(index == blocks);
        // Size in 21 bits, type 1 (run-length) in two, the last-block flag in one.
        let header = (BLOCK << 3) | (1 << 1) | last;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// To the second endpoint.
pub(crate) fn redirect(url: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, format!("{url}/rpc/b"))]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_small_frame_inflates_to_what_is_said() {
        let frame = zeros_frame();
        assert!(frame.len() < 10_000);
        let mut decoder = zstd::stream::read::Decoder::new(&frame[..]).unwrap();
        let mut buffer = vec![1; 1 << 20];
        let mut total = 0;
        loop {
            match decoder.read(&mut buffer).unwrap() {
                0 => break,
                n => total += n,
            }
        }
        assert_eq!(total, INFLATED);
    }
}
