//! Where somebody is told: what is taken, who may see it, and what ends it.

use domain::account::{Email, Role};
use reqwest::Method;
use serde_json::{Value, json};
use store::{NewAccount, on_both};

use crate::{
    person::Person,
    quiet::Quiet,
    world::{EMAIL, PASSWORD},
};

const P256DH: &str =
    "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM";
const NODE: domain::address::Address = domain::address::Address::new([7; 32]);
const AUTH: &str = "tBHItJI5svbpez7KI4CCXg";

fn push(endpoint: &str) -> Value {
    json!({ "channel": "push", "endpoint": endpoint, "keys": { "p256dh": P256DH, "auth": AUTH } })
}

fn webhook(url: &str) -> Value {
    json!({ "channel": "webhook", "url": url })
}

async fn rig(bed: &store::testbed::Bed) -> Quiet {
    Quiet::with(bed, |settings| {
        settings.allow_private = Some("127.0.0.1".to_owned());
        settings.telegram_token = Some(format!("1234567890:{}", "a".repeat(35)));
        settings.smtp_url = Some("smtp://127.0.0.1:9".to_owned());
        settings.mail_from = Some("wakeful@example.net".to_owned());
    })
    .await
}

async fn listed(person: &Person) -> Vec<Value> {
    let answer = person.get("/api/destinations").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["destinations"].as_array().unwrap().clone()
}

async fn added(person: &Person, body: &Value) -> Value {
    let answer = person.post("/api/destinations", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

/// Somebody else with an account of their own in the same house.
async fn stranger(rig: &Quiet) -> Person {
    let email = Email::parse("stranger@example.net").unwrap();
    let hash = rig.app.passwords.hash(PASSWORD.to_owned()).await.unwrap();
    let account = NewAccount {
        id: "stranger",
        email: &email,
        password_hash: &hash,
        role: Role::Member,
        time_zone: "UTC",
    };
    let mut tx = rig.app.store.write().await.unwrap();
    tx.add_account(account, "strangers", rig.app.session_time.now()).await.unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "email": email.as_str(), "password": PASSWORD });
    let answer = rig.nobody().post("/api/auth/login", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    rig.nobody().with_cookie_of(&answer)
}

/// The words of the message that waits for a destination because somebody asked for it.
async fn asked(rig: &Quiet, destination: &str) -> Vec<String> {
    let mut tx = rig.app.store.read().await.unwrap();
    let id = tx.waiting_test(destination).await.unwrap().expect("a message waits");
    tx.message(&id).await.unwrap().unwrap().words.lines
}

/// The code that stands in a mail.
fn code(lines: &[String]) -> String {
    let word = |word: &str| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned();
    let is_code =
        |word: &String| word.len() == 10 && word.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7'));
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    words.map(word).find(is_code).expect("a code")
}

on_both! {
    async fn a_place_that_cannot_be_told_is_refused_by_its_field(bed) {
        let rig = rig(bed).await;
        let person = rig.set_up().await;
        let endless = format!("https://hooks.example.net/{}", "x".repeat(2_000));
        for (body, field, code) in [
            (json!({ "channel": "fax" }), "channel", "channel_unknown"),
            (json!({ "channel": "telegram" }), "channel", "channel_unknown"),
            (json!({ "channel": "email" }), "to", "email_invalid"),
            (json!({ "channel": "email", "to": "a@example.net, b@example.net" }), "to", "email_invalid"),
            (webhook(""), "url", "url_invalid"),
            (webhook("file:///etc/passwd"), "url", "url_invalid"),
            (webhook("https://user:word@hooks.example.net/"), "url", "url_invalid"),
            (webhook(&endless), "url", "url_invalid"),
            (webhook("http://93.184.215.14/hook"), "url", "url_not_https"),
            (webhook("https://10.0.0.1/hook"), "url", "private_address"),
            (webhook("https://127.0.0.2/hook"), "url", "private_address"),
            (webhook("https://[::1]/hook"), "url", "private_address"),
            (webhook("https://[::ffff:10.0.0.1]/hook"), "url", "private_address"),
            (webhook("https://2130706434/hook"), "url", "private_address"),
            (webhook("https://169.254.169.254/latest/meta-data"), "url", "private_address"),
            (push("https://192.168.1.1/push"), "endpoint", "private_address"),
            (json!({ "channel": "push", "endpoint": "https://93.184.215.14/p" }), "keys", "keys_invalid"),
            (
                json!({ "channel": "push", "endpoint": "https://93.184.215.14/p", "keys": { "p256dh": AUTH, "auth": AUTH } }),
                "keys",
                "keys_invalid",
            ),
            (json!({ "channel": "email", "to": EMAIL, "name": "x".repeat(81) }), "name", "name_too_long"),
        ] {
            let answer = person.post("/api/destinations", &body).await;
            let said = (answer.status, answer.body["field"].as_str(), answer.body["code"].as_str());
            assert_eq!(said, (422, Some(field), Some(code)), "{body}");
        }
        assert!(listed(&person).await.is_empty(), "nothing of it was taken");
        added(&person, &webhook("http://127.0.0.1:9/hook")).await;
        added(&person, &webhook("https://93.184.215.14/hook")).await;
        rig.end().await;
    }

    async fn a_webhooks_secret_is_shown_once_and_to_no_script(bed) {
        let rig = rig(bed).await;
        let person = rig.set_up().await;
        let url = "https://93.184.215.14/services/T0/B1/hush";
        let request = || {
            person.request(Method::POST, "/api/destinations").header("idempotency-key", "once").json(&webhook(url))
        };
        let made = person.send(request()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let secret = made.body["secret"].as_str().unwrap().to_owned();
        assert!(secret.len() >= 43);
        let again = person.send(request()).await;
        assert_eq!((again.status, again.body["code"].as_str()), (409, Some("destination_taken")), "no answer is kept that holds it");
        let shown = person.get("/api/destinations").await.body.to_string();
        assert!(!shown.contains(&secret) && !shown.contains("hush"), "{shown}");
        assert!(shown.contains("93.184.215.14"));
        let body = json!({ "name": "script", "scopes": ["read", "write"] });
        let token = person.post("/api/tokens", &body).await.body["secret"].as_str().unwrap().to_owned();
        let with_token = |body: &Value| rig.http.post(format!("{}/api/destinations", rig.url)).bearer_auth(&token).json(body);
        for body in [webhook("https://93.184.215.14/other"), push("https://93.184.215.14/p")] {
            let answer = rig.nobody().send(with_token(&body)).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (403, Some("token_not_accepted")));
        }
        let seen = rig.get_with("/api/destinations", &token).await;
        assert_eq!((seen.status, seen.body["destinations"].as_array().unwrap().len()), (200, 1));
        let taken = rig.nobody().send(with_token(&json!({ "channel": "email", "to": EMAIL }))).await;
        assert_eq!(taken.status, 201, "{}", taken.body);
        rig.end().await;
    }

    async fn what_is_not_configured_is_not_offered_and_not_taken(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let seen = person.get("/api/destinations").await.body;
        assert_eq!(seen["offers"], json!(["push", "webhook"]));
        assert_eq!((&seen["telegram"]["bot"], &seen["limit"]), (&Value::Null, &json!(20)));
        assert_eq!(seen["vapid_key"].as_str().unwrap().len(), 87, "65 bytes as base64url");
        let refused = person.post("/api/destinations", &json!({ "channel": "email", "to": EMAIL })).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (422, Some("channel_off")));
        let rig = rig.restart(|_| {}).await;
        let again = person.on_server(&rig.url).get("/api/destinations").await.body;
        assert_eq!(again["vapid_key"], seen["vapid_key"], "browsers have subscribed to it");
        rig.end().await;
    }

    async fn there_is_an_end_to_the_list_and_no_place_stands_in_it_twice(bed) {
        let rig = rig(bed).await;
        let person = rig.set_up().await;
        for number in 0..20 {
            added(&person, &webhook(&format!("https://93.184.215.14/{number}"))).await;
        }
        let full = person.post("/api/destinations", &webhook("https://93.184.215.14/one-more")).await;
        assert_eq!((full.status, full.body["code"].as_str()), (422, Some("destination_limit")));
        let chat = person.post("/api/telegram/link", &json!({})).await;
        assert_eq!((chat.status, chat.body["code"].as_str()), (422, Some("destination_limit")), "{}", chat.body);
        let known = person.post("/api/destinations", &webhook("https://93.184.215.14/3")).await;
        assert_eq!((known.status, known.body["code"].as_str()), (409, Some("destination_taken")));
        assert_eq!(listed(&person).await.len(), 20);
        rig.end().await;
    }

    async fn a_destination_is_renamed_paused_resumed_and_removed_by_its_owner_alone(bed) {
        let rig = rig(bed).await;
        let (person, other) = (rig.set_up().await, stranger(&rig).await);
        let made = added(&person, &webhook("https://93.184.215.14/hook")).await;
        let path = format!("/api/destinations/{}", made["id"].as_str().unwrap());
        let changed = person.put(&path, &json!({ "name": "Kitchen <b>", "paused": true })).await;
        assert_eq!((changed.status, changed.body["name"].as_str()), (200, Some("Kitchen <b>")));
        assert_eq!(changed.body["paused"]["why"], "person");
        let resumed = person.put(&path, &json!({ "paused": false })).await;
        assert_eq!((resumed.status, &resumed.body["paused"]), (200, &Value::Null));
        assert_eq!(resumed.body["name"], "Kitchen <b>", "what is left out stays");
        assert!(listed(&other).await.is_empty());
        assert_eq!(other.put(&path, &json!({ "paused": true })).await.status, 404);
        assert_eq!(other.delete(&path).await.status, 404);
        assert_eq!(other.post(&format!("{path}/test"), &json!({})).await.status, 404);
        assert_eq!(person.delete(&path).await.status, 204);
        assert_eq!(person.delete(&path).await.status, 404);
        rig.end().await;
    }

    async fn a_push_subscription_belongs_to_the_browser_that_made_it(bed) {
        let rig = rig(bed).await;
        let (here, there) = (rig.set_up().await, rig.sign_in().await);
        let first = added(&here, &push("https://93.184.215.14/push/7")).await;
        assert_eq!((&first["current"], first["channel"].as_str()), (&json!(true), Some("push")));
        let again = added(&here, &push("https://93.184.215.14/push/7")).await;
        assert_eq!(again["id"], first["id"], "the browser says it at every start");
        let seen = listed(&there).await;
        assert_eq!((seen.len(), &seen[0]["current"]), (1, &json!(false)));
        let other = stranger(&rig).await;
        added(&other, &push("https://93.184.215.14/push/7")).await;
        assert!(listed(&here).await.is_empty(), "the browser shows nobody what another is told");
        rig.end().await;
    }

    async fn a_session_that_is_ended_takes_its_push_with_it_and_a_timeout_does_not(bed) {
        let rig = rig(bed).await;
        let owner = rig.set_up().await;
        let count = async |person: &Person| listed(person).await.len();
        let phone = rig.sign_in().await;
        added(&phone, &push("https://93.184.215.14/push/out")).await;
        added(&owner, &webhook("https://93.184.215.14/hook")).await;
        assert_eq!(phone.post("/api/session/logout", &json!({})).await.status, 204);
        assert_eq!(count(&owner).await, 1, "signed out: the webhook stays");
        let phone = rig.sign_in().await;
        added(&phone, &push("https://93.184.215.14/push/revoked")).await;
        let sid = phone.sid().await;
        assert_eq!(owner.delete(&format!("/api/sessions/{sid}")).await.status, 204);
        assert_eq!(count(&owner).await, 1, "ended from another device");
        let phone = rig.sign_in().await;
        added(&phone, &push("https://93.184.215.14/push/again")).await;
        let answer = rig.login(&phone, PASSWORD).await;
        let phone = phone.with_cookie_of(&answer);
        let after = listed(&phone).await;
        assert!(after.iter().any(|one| one["current"] == true), "signed in again in the same browser: {after:?}");
        rig.pass_days(31);
        assert_eq!(phone.get("/api/destinations").await.status, 401, "control: unused for too long");
        let owner = rig.sign_in().await;
        assert_eq!(count(&owner).await, 2, "time alone takes nothing away");
        assert_eq!(owner.delete("/api/sessions?scope=others").await.status, 204);
        assert_eq!(count(&owner).await, 1, "all others are signed out, also those that time had ended");
        rig.end().await;
    }

    async fn a_disabled_account_is_told_nothing(bed) {
        let rig = rig(bed).await;
        let (admin, other) = (rig.set_up().await, stranger(&rig).await);
        added(&other, &push("https://93.184.215.14/push/7")).await;
        added(&other, &webhook("https://93.184.215.14/hook")).await;
        added(&admin, &webhook("https://93.184.215.14/hook")).await;
        let node = NODE.to_string();
        for person in [&admin, &other] {
            assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        }
        let heard = async || {
            let mut tx = rig.app.store.read().await.unwrap();
            tx.listeners(Some(&NODE)).await.unwrap().len()
        };
        assert_eq!(heard().await, 3, "control");
        let id = other.session().await.body["user"]["id"].as_str().unwrap().to_owned();
        let mut tx = rig.app.store.write().await.unwrap();
        tx.disable_account(&id, rig.app.session_time.now()).await.unwrap();
        let space = tx.memberships(&id).await.unwrap().remove(0).space;
        let left = tx.destinations(&space).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(left.iter().map(|one| one.place.channel().word()).collect::<Vec<_>>(), ["webhook"]);
        assert_eq!(heard().await, 1);
        rig.end().await;
    }

    async fn a_mailbox_that_is_not_the_accounts_own_agrees_first(bed) {
        let rig = rig(bed).await;
        let person = rig.set_up().await;
        let own = added(&person, &json!({ "channel": "email", "to": EMAIL.to_uppercase() })).await;
        assert_eq!((&own["confirmed"], own["detail"].as_str()), (&json!(true), Some(EMAIL)));
        let mate = added(&person, &json!({ "channel": "email", "to": "mate@example.net", "name": "Mate" })).await;
        assert_eq!(mate["confirmed"], false);
        let id = mate["id"].as_str().unwrap();
        let given = code(&asked(&rig, id).await);
        assert_eq!(person.post("/api/nodes", &json!({ "address": NODE.to_string() })).await.status, 201);
        let listeners = async || {
            let mut tx = rig.app.store.read().await.unwrap();
            tx.listeners(Some(&NODE)).await.unwrap().len()
        };
        assert_eq!(listeners().await, 1, "until then it hears nothing but the question");
        let confirm = async |id: &str, code: &str| {
            person.post(&format!("/api/destinations/{id}/confirm"), &json!({ "code": code })).await
        };
        let wrong = confirm(id, "aaaaaaaaaa").await;
        assert_eq!((wrong.status, wrong.body["code"].as_str()), (422, Some("code_wrong")));
        let third = added(&person, &json!({ "channel": "email", "to": "third@example.net" })).await;
        let elsewhere = confirm(third["id"].as_str().unwrap(), &given).await;
        assert_eq!((elsewhere.status, elsewhere.body["code"].as_str()), (422, Some("code_wrong")), "another mailbox's code");
        let right = confirm(id, &format!(" {} ", given.to_uppercase())).await;
        assert_eq!((right.status, &right.body["confirmed"]), (200, &json!(true)), "{}", right.body);
        assert_eq!(listeners().await, 2);
        for _ in 0..10 {
            confirm(third["id"].as_str().unwrap(), "aaaaaaaaaa").await;
        }
        let guessed = confirm(third["id"].as_str().unwrap(), "aaaaaaaaaa").await;
        assert_eq!((guessed.status, guessed.body["code"].as_str()), (429, Some("too_often")));
        assert!(guessed.headers.contains_key("retry-after"));
        rig.end().await;
    }

    async fn nobody_fills_a_strangers_mailbox_from_here(bed) {
        let rig = rig(bed).await;
        let person = rig.set_up().await;
        let ask = async || {
            let answer = person.post("/api/destinations", &json!({ "channel": "email", "to": "mate@example.net" })).await;
            let id = answer.body["id"].as_str().unwrap_or_default().to_owned();
            person.delete(&format!("/api/destinations/{id}")).await;
            answer
        };
        for _ in 0..10 {
            assert_eq!(ask().await.status, 201);
        }
        let refused = ask().await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (429, Some("too_often")));
        rig.pass_seconds(3_601);
        assert_eq!(ask().await.status, 201);
        rig.end().await;
    }
}
