//! Webhooks: what a receiver can check, and what each of its answers means.

use std::time::Duration;

use channels::webhook::Webhook;
use domain::{alert::outcome::Outcome, time::Timestamp};
use outbound::{Guard, Guarded};
use ring::hmac;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::ends::{Ends, PATIENCE, guarded, nobody, node, words};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
const SECRET: &str = "whsec_hush";

fn webhook() -> Webhook {
    Webhook::new(guarded()).patient(PATIENCE)
}

#[tokio::test]
async fn a_receiver_can_tell_that_it_was_us_and_that_it_is_fresh() {
    let ends = Ends::start().await;
    let url = format!("{}/hook/home", ends.sim.url());
    let page = "https://wakeful.example.net/".parse().unwrap();
    let answer = webhook().send((&url, SECRET), "m-1", &words(), Some(&page), NOW).await;
    assert_eq!((answer.outcome, answer.status), (Outcome::Accepted { id: None }, Some(200)));
    assert_eq!(answer.detail, "taken");
    let messages = ends.messages().await;
    let (text, headers) = (messages[0]["text"].as_str().unwrap(), &messages[0]["meta"]["headers"]);
    assert_eq!(
        (&headers["wakeful-id"], &headers["wakeful-timestamp"]),
        (&json!("m-1"), &json!("1800000000"))
    );
    let signature = headers["wakeful-signature"].as_str().unwrap().strip_prefix("v1=").unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::verify(&key, format!("1800000000.{text}").as_bytes(), &bytes).unwrap();
    let expected = json!({
        "id": "m-1", "kind": "offline", "at": "2027-01-15T07:43:20.000Z",
        "node": { "address": node().to_string(), "name": words().name }, "title": words().title, "lines": words().lines,
        "url": format!("https://wakeful.example.net/nodes/{}", node()),
    });
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), expected);
}

#[tokio::test]
async fn each_answer_means_what_it_means() {
    let ends = Ends::start().await;
    let url = format!("{}/hook/home", ends.sim.url());
    for (fault, outcome, status) in [
        ("410", Outcome::Gone, Some(410)),
        ("429", Outcome::Later { after: Some(Duration::from_secs(2)) }, Some(429)),
        ("500", Outcome::Later { after: None }, Some(500)),
        ("hang", Outcome::Unclear, None),
    ] {
        ends.fault("hook", fault).await;
        let answer = webhook().send((&url, SECRET), "m-1", &words(), None, NOW).await;
        assert_eq!((answer.outcome, answer.status), (outcome, status), "{fault}: {}", answer.detail);
    }
    let answer = webhook().send((nobody().await.as_str(), SECRET), "m-1", &words(), None, NOW).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_secret_is_not_repeated() {
    let _ends = Ends::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let redirect = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let said = format!("your secret is {SECRET}\n");
        let head =
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\nconnection: close\r\ncontent-length:";
        stream.write_all(format!("{head} {}\r\n\r\n{said}", said.len()).as_bytes()).await.unwrap();
    };
    let hook = webhook();
    let words = words();
    let (answer, ()) = tokio::join!(hook.send((&url, SECRET), "m-1", &words, None, NOW), redirect);
    assert_eq!((answer.outcome, answer.status), (Outcome::Refused, Some(302)));
    assert_eq!(answer.detail, "your secret is …");
}

#[tokio::test]
async fn a_private_address_is_never_asked() {
    let ends = Ends::start().await;
    let hook = Webhook::new(Guarded::new(Guard::default()).unwrap());
    for host in ["127.0.0.1", "localhost"] {
        let url = ends.sim.url().replace("127.0.0.1", host) + "/hook/home";
        let answer = hook.send((&url, SECRET), "m-1", &words(), None, NOW).await;
        assert_eq!(answer.outcome, Outcome::Later { after: None }, "{answer:?}");
        assert!(answer.detail.contains("private"), "{answer:?}");
    }
    assert!(ends.messages().await.is_empty());
}
