//! Registering where a mail decides: the answer tells nobody who has an account.

use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::{Answer, Person},
    world::{EMAIL, PASSWORD, World, eventually},
};

async fn ask(person: &Person, email: &str) -> Answer {
    person.post("/api/auth/register", &json!({ "email": email, "password": PASSWORD })).await
}

/// The mails to a mailbox, once there are so many.
async fn mails(world: &World, to: &str, count: usize) -> Vec<String> {
    eventually("the mail", || async {
        let answer = world.http.get(format!("{}/sim/messages", world.sim.url())).send().await.unwrap();
        let all: Vec<Value> = answer.json().await.unwrap();
        let to_them = all.iter().filter(|message| message["channel"] == "smtp" && message["to"] == to);
        let texts: Vec<String> =
            to_them.map(|message| message["text"].as_str().unwrap().to_owned()).collect();
        if texts.len() == count { Ok(texts) } else { Err(format!("{texts:?}")) }
    })
    .await
}

on_both! {
    async fn the_answer_is_the_same_and_the_mail_decides(bed) {
        let world = World::with(bed, |settings| settings.registration = Some("open".to_owned())).await;
        world.set_up().await;
        let somebody = Person::nobody(&world);
        let (known, new) = (ask(&somebody, EMAIL).await, ask(&somebody, "new@example.net").await);
        for answer in [&known, &new] {
            assert_eq!((answer.status, &answer.body), (202, &json!({ "state": "mail_sent" })));
            assert!(!answer.headers.contains_key("set-cookie"));
        }
        let hint = mails(&world, EMAIL, 1).await.remove(0);
        assert!(hint.contains("another one") && !hint.contains("#"), "{hint}");
        let text = mails(&world, "new@example.net", 1).await.remove(0);
        let code = text.split_once("/register#").expect(&text).1.get(..20).unwrap();
        let body = |email: &str| json!({ "email": email, "password": PASSWORD, "invitation": code });
        let stolen = somebody.post("/api/auth/register", &body("thief@example.net")).await;
        assert_eq!((stolen.status, stolen.body["code"].as_str()), (403, Some("invitation_needed")), "the code is that mailbox's");
        let made = somebody.post("/api/auth/register", &body("new@example.net")).await;
        assert_eq!((made.status, made.body["state"].as_str()), (200, Some("active")), "{}", made.body);
        world.end().await;
    }

    async fn nobody_learns_more_by_asking_often_or_while_the_mail_server_is_away(bed) {
        let world = World::with(bed, |settings| settings.registration = Some("open".to_owned())).await;
        world.set_up().await;
        let somebody = Person::nobody(&world);
        let weak = somebody.post("/api/auth/register", &json!({ "email": EMAIL, "password": "short" })).await;
        assert_eq!((weak.status, weak.body["field"].as_str()), (422, Some("password")));
        for _ in 0..4 {
            assert_eq!(ask(&somebody, EMAIL).await.status, 202);
        }
        mails(&world, EMAIL, 3).await;
        world.control("faults", &json!({ "smtp": "451" })).await;
        let away = ask(&somebody, "new@example.net").await;
        assert_eq!((away.status, away.body["code"].as_str()), (503, Some("no_mail")));
        world.control("faults", &json!({ "smtp": "550" })).await;
        assert_eq!(ask(&somebody, "nowhere@example.net").await.status, 202, "what the server says of a mailbox is nobody's business");
        for number in 0..4 {
            ask(&somebody, &format!("{number}@example.net")).await;
        }
        let refused = ask(&somebody, "last@example.net").await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (429, Some("too_often")));
        world.end().await;
    }
}
