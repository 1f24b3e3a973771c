//! The mail server, spoken to in raw SMTP.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::harness::{A_WHILE, DEADLINE, Net};

struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects without waiting for the greeting.
    async fn dial(net: &Net) -> Self {
        let env = net.sim.env();
        let url = &env.iter().find(|(key, _)| *key == "WAKEFUL_SMTP_URL").unwrap().1;
        Self(BufReader::new(TcpStream::connect(url.strip_prefix("smtp://").unwrap()).await.unwrap()))
    }

    /// Greeted, and a recipient named; the answer to RCPT.
    async fn open(net: &Net, to: &str) -> (Self, String) {
        let mut client = Self::dial(net).await;
        assert!(client.hear().await.starts_with("220 "));
        assert!(client.ask("EHLO example.net").await.contains("SIZE"));
        assert!(client.ask("MAIL FROM:<wakeful@example.net>").await.starts_with("250 "));
        let said = client.ask(&format!("RCPT TO:<{to}>")).await;
        (client, said)
    }

    /// The whole answer, of one line or several.
    async fn hear(&mut self) -> String {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            tokio::time::timeout(DEADLINE, self.0.read_line(&mut line)).await.unwrap().unwrap();
            said.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return said;
            }
        }
    }

    async fn ask(&mut self, line: &str) -> String {
        self.tell(line).await;
        self.hear().await
    }

    async fn tell(&mut self, line: &str) {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    async fn mail(&mut self, body: &str) {
        assert!(self.ask("DATA").await.starts_with("354 "));
        self.tell(&format!("{body}\r\n.")).await;
    }
}

const MAIL: &str = "Subject: silent\r\nMessage-ID: <7@example.net>\r\n\r\nrig-1 is silent\r\n..";

async fn messages(net: &Net) -> Vec<Value> {
    net.get("/sim/messages").await.json().await.unwrap()
}

#[tokio::test]
async fn a_mail_is_listed_for_each_who_gets_it() {
    let net = Net::still().await;
    let (mut client, _) = Client::open(&net, "ann@example.net").await;
    assert!(client.ask("AUTH PLAIN AHdhdGNoAHNlY3JldA==").await.starts_with("235 "));
    assert!(client.ask("RCPT TO:<ben@example.net>").await.starts_with("250 "));
    client.mail(MAIL).await;
    assert!(client.hear().await.starts_with("250 "));
    assert!(client.ask("QUIT").await.starts_with("221 "));
    let asked: Value = net.get("/sim/requests").await.json().await.unwrap();
    assert_eq!(asked["paths"]["smtp"], 1, "a connection counts as a request");
    let all = messages(&net).await;
    assert_eq!(
        all.iter().map(|mail| &mail["to"]).collect::<Vec<_>>(),
        ["ann@example.net", "ben@example.net"]
    );
    assert_eq!((&all[0]["channel"], &all[0]["text"]), (&json!("smtp"), &json!("rig-1 is silent\n.")));
    let meta = &all[0]["meta"];
    assert_eq!((&meta["subject"], &meta["message_id"]), (&json!("silent"), &json!("<7@example.net>")));
    assert_eq!((&meta["from"], &meta["user"]), (&json!("wakeful@example.net"), &json!("watch")));
}

#[tokio::test]
async fn it_breaks_as_it_is_told() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "smtp": "550" })).await;
    assert!(Client::open(&net, "ann@example.net").await.1.starts_with("550 5.1.1 "));
    net.set("/sim/faults", json!({ "smtp": "451" })).await;
    let (mut client, said) = Client::open(&net, "ann@example.net").await;
    assert!(said.starts_with("250 "));
    client.mail(MAIL).await;
    assert!(client.hear().await.starts_with("451 "));
    assert!(messages(&net).await.is_empty());
    net.set("/sim/faults", json!({ "smtp": "accept_then_hang" })).await;
    client.ask("MAIL FROM:<wakeful@example.net>").await;
    client.ask("RCPT TO:<ann@example.net>").await;
    client.mail(MAIL).await;
    assert!(tokio::time::timeout(A_WHILE, client.hear()).await.is_err(), "it answered");
    assert_eq!(messages(&net).await.len(), 1);
    net.set("/sim/faults", json!({ "smtp": "hang" })).await;
    let mut client = Client::dial(&net).await;
    assert!(tokio::time::timeout(A_WHILE, client.hear()).await.is_err(), "it greeted");
}

#[tokio::test]
async fn a_client_that_dies_while_its_mail_waits_has_sent_nothing() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "smtp_delay_ms": 400 })).await;
    let (mut dying, _) = Client::open(&net, "ann@example.net").await;
    dying.mail(MAIL).await;
    drop(dying);
    let (mut living, _) = Client::open(&net, "ben@example.net").await;
    living.mail(MAIL).await;
    assert!(living.hear().await.starts_with("250 "));
    let all = messages(&net).await;
    assert_eq!(all.iter().map(|mail| &mail["to"]).collect::<Vec<_>>(), ["ben@example.net"]);
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let net = Net::still().await;
    let (mut client, _) = Client::open(&net, "ann@example.net").await;
    assert!(client.ask("AUTH LOGIN").await.starts_with("334 "));
    assert!(client.ask("d2F0Y2g=").await.starts_with("334 "));
    assert!(client.ask("d3Jvbmc=").await.starts_with("535 "));
}
