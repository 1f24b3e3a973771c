//! E-mail: what a mail server is handed, and what each way of refusing it means.

use channels::email::{Mail, Server};
use domain::{alert::outcome::Outcome, time::Timestamp};
use outbound::Roots;
use serde_json::json;

use crate::ends::{Ends, PATIENCE, nobody, words};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

fn mail(url: &str) -> Mail {
    let server = Server::parse(url).unwrap();
    Mail::new(server, "Wakeful <wakeful@example.net>", Roots::default()).unwrap().patient(PATIENCE)
}

#[tokio::test]
async fn a_mail_says_it_twice_and_a_second_copy_is_the_same_mail() {
    let ends = Ends::start().await;
    let mail = mail(&ends.env("WAKEFUL_SMTP_URL"));
    let page = "https://wakeful.example.net/".parse().unwrap();
    for _ in 0..2 {
        let answer = mail.send("ann@example.net", "m-1", &words(), Some(&page), NOW).await;
        assert_eq!(
            (&answer.outcome, answer.status),
            (&Outcome::Accepted { id: None }, Some(250)),
            "{answer:?}"
        );
    }
    let messages = ends.messages().await;
    let (sent, meta) = (&messages[0], &messages[0]["meta"]);
    assert_eq!((&sent["channel"], &sent["to"]), (&json!("smtp"), &json!("ann@example.net")));
    let expected = format!("{}\n{}", words().title, words().lines.join("\n"));
    let text = sent["text"].as_str().unwrap().replace("\r\n", "\n");
    assert!(text.starts_with(&expected) && text.contains("https://wakeful.example.net/nodes/"), "{text}");
    assert_eq!(meta["subject"], words().title);
    assert_eq!(meta["message_id"], "<m-1@example.net>");
    assert_eq!(messages[1]["meta"]["message_id"], meta["message_id"]);
    let html = meta["html"].as_str().unwrap();
    assert!(html.contains("&lt;script&gt;rig") && !html.contains("<script"), "{html}");
}

#[tokio::test]
async fn a_name_cannot_add_a_header() {
    let ends = Ends::start().await;
    let mut words = words();
    words.title = "rig\r\nBcc: eve@example.net\r\n\r\nhello".into();
    let answer = mail(&ends.env("WAKEFUL_SMTP_URL")).send("ann@example.net", "m-1", &words, None, NOW).await;
    assert_eq!(answer.status, Some(250), "{answer:?}");
    let messages = ends.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["meta"]["subject"], "rig Bcc: eve@example.net hello");
}

#[tokio::test]
async fn each_refusal_means_what_it_means() {
    let ends = Ends::start().await;
    let url = ends.env("WAKEFUL_SMTP_URL");
    for (fault, outcome, status) in [
        ("451", Outcome::Later { after: None }, Some(451)),
        ("550", Outcome::Gone, Some(550)),
        ("hang", Outcome::Later { after: None }, None),
        ("accept_then_hang", Outcome::Unclear, None),
    ] {
        ends.fault("smtp", fault).await;
        let answer = mail(&url).send("ann@example.net", "m-1", &words(), None, NOW).await;
        assert_eq!((answer.outcome, answer.status), (outcome, status), "{fault}: {}", answer.detail);
    }
    let nobody = nobody().await.as_str().replace("http:", "smtp:");
    let answer = mail(&nobody).send("ann@example.net", "m-1", &words(), None, NOW).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
    let answer = mail(&url).send("not an address", "m-1", &words(), None, NOW).await;
    assert_eq!(answer.outcome, Outcome::Gone);
}

#[tokio::test]
async fn a_login_is_used_and_a_wrong_one_is_no_fault_of_the_message() {
    let ends = Ends::start().await;
    let url = ends.env("WAKEFUL_SMTP_URL");
    let with = |login: &str| url.replace("smtp://", &format!("smtp://{login}@"));
    let answer = mail(&with("me:right")).send("ann@example.net", "m-1", &words(), None, NOW).await;
    assert_eq!(answer.status, Some(250), "{answer:?}");
    let answer = mail(&with("me:wrong")).send("ann@example.net", "m-1", &words(), None, NOW).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, Some(535)), "{answer:?}");
    assert_eq!(ends.messages().await.len(), 1);
}

#[tokio::test]
async fn a_server_that_must_encrypt_and_cannot_is_told_nothing() {
    let ends = Ends::start().await;
    let url = ends.env("WAKEFUL_SMTP_URL") + "?tls=required";
    let answer = mail(&url).send("ann@example.net", "m-1", &words(), None, NOW).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
    assert!(answer.detail.contains("STARTTLS") && ends.messages().await.is_empty(), "{answer:?}");
}
