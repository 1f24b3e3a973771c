//! Bad input gets one shape of error, a code, a sentence, the field, and loses nothing.

use reqwest::{Method, header};
use serde_json::{Value, json};
use store::{on_both, testbed::Bed};

use crate::{
    person::{Answer, Person},
    world::{EMAIL, World},
};

fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{}", answer.body);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{code}");
    assert_eq!(answer.body["status"], status, "{code}");
    for part in ["type", "title", "detail"] {
        assert!(answer.body[part].as_str().is_some_and(|text| !text.is_empty()), "{code}: {part}");
    }
}

#[tokio::test]
async fn each_broken_body_has_its_name() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let person = world.set_up().await;
    let raw = |body: String| {
        person.request(Method::POST, "/api/nodes").header(header::CONTENT_TYPE, "application/json").body(body)
    };
    assert_problem(&person.send(raw("{\"address\":".to_owned())).await, 400, "malformed_json");
    assert_problem(&person.send(raw(String::new())).await, 400, "malformed_json");
    assert_problem(&person.send(raw("{\"address\":7}".to_owned())).await, 422, "wrong_type");
    assert_problem(&person.send(raw("[1]".to_owned())).await, 422, "wrong_type");
    assert_problem(&person.send(raw("{}".to_owned())).await, 422, "addresses_missing");
    assert_problem(
        &person.send(raw(format!("{{\"address\":\"{}\"}}", "a".repeat(64 * 1024)))).await,
        413,
        "body_too_large",
    );
    let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(matches!(person.send(raw(deep)).await.status, 400 | 422));
    let form =
        person.request(Method::POST, "/api/nodes").header(header::CONTENT_TYPE, "text/plain").body("{}");
    assert_problem(&person.send(form).await, 415, "unsupported_media_type");
    let bare = person.request(Method::POST, "/api/nodes").body("{}");
    assert_problem(&person.send(bare).await, 415, "unsupported_media_type");
    assert_problem(
        &person.send(person.request(Method::PATCH, "/api/nodes")).await,
        405,
        "method_not_allowed",
    );
    assert_problem(&person.get("/api/nothing").await, 404, "not_found");
    let wrong = person.send(raw("{\"nodes\":[{\"address\":\"x\"},{\"address\":3}]}".to_owned())).await;
    assert_eq!(wrong.body["field"], "nodes[1].address");
    assert!(person.nodes().await.is_empty(), "nothing of it was done");
    world.end().await;
}

#[tokio::test]
async fn a_password_never_comes_back() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    world.set_up().await;
    let nobody = Person::nobody(&world);
    let secret = "hunter2-is-not-mine";
    let bodies: [Value; 5] = [
        json!({ "email": EMAIL, "password": secret }),
        json!({ "email": EMAIL, "password": [secret] }),
        json!({ "email": { "x": 1 }, "password": secret }),
        json!({ "password": secret }),
        json!({ "email": "not an address", "password": secret }),
    ];
    for call in ["/api/auth/login", "/api/auth/register", "/api/setup"] {
        for body in &bodies {
            let answer = nobody.post(call, body).await;
            assert!(answer.status >= 400, "{call} {}", answer.body);
            assert!(!answer.body.to_string().contains(secret), "{call}: {}", answer.body);
        }
    }
    let short = nobody.post("/api/auth/register", &json!({ "email": EMAIL, "password": "tiny-pw" })).await;
    assert!(!short.body.to_string().contains("tiny-pw"));
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_read_in_an_address_names_its_field() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let person = world.set_up().await;
    for (path, field) in [
        ("/api/history?hours=x", "hours"),
        ("/api/history?hours=0", "hours"),
        ("/api/history?hours=2161", "hours"),
        ("/api/history?hours=99999999999", "hours"),
        ("/api/log?limit=0", "limit"),
        ("/api/log?before=soon", "before"),
        ("/api/jobs?node=0", "node"),
        ("/api/jobs?from=yesterday", "from"),
        ("/api/jobs?to=2026-13-01", "to"),
        ("/api/jobs?cursor=first", "cursor"),
        ("/api/jobs?limit=201", "limit"),
        ("/api/jobs?node=a&node=b", "node"),
        ("/api/events?after=x", "after"),
        ("/api/network/markets/11111111111111111111111111111112?hours=-1", "hours"),
    ] {
        let answer = person.get(path).await;
        assert_problem(&answer, 400, "bad_query");
        assert_eq!(answer.body["field"], field, "{path}: {}", answer.body);
    }
    let answer = person.get("/api/jobs?from=%3Cscript%3E").await;
    assert!(!answer.body.to_string().contains("script"), "nothing is repeated: {}", answer.body);
    let answer = person.get("/api/nodes/%ff").await;
    assert_problem(&answer, 400, "bad_path");
    let answer = person.get("/api/nodes/0").await;
    assert_eq!((answer.status, answer.body["field"].as_str()), (422, Some("address")));
    world.end().await;
}

#[tokio::test]
async fn more_addresses_than_are_taken_at_once_are_counted() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let person = world.set_up().await;
    let answer = person.post("/api/nodes", &json!({ "addresses": vec!["1"; 1_001] })).await;
    assert_problem(&answer, 422, "too_many_addresses");
    assert_eq!(answer.body["field"], "addresses");
    assert_eq!(answer.body["detail"], "These are 1001 addresses. Send at most 1000 at once.");
    world.end().await;
}

#[tokio::test]
async fn the_document_names_the_errors_of_every_route() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let document = Person::nobody(&world).get("/openapi.json").await.body;
    let mut ids = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                let kinds: Vec<_> = response["content"].as_object().unwrap().keys().collect();
                assert_eq!(kinds, ["application/problem+json"], "{method} {path} {status}");
            }
            let closed = operation.get("security").is_some();
            assert!(responses.contains_key("500"), "{method} {path}");
            assert!(!closed || responses.contains_key("503"), "{method} {path}");
            assert!(!closed || responses.contains_key("401"), "{method} {path}");
            assert!(
                operation.get("requestBody").is_none() || responses.contains_key("415"),
                "{method} {path}"
            );
            assert!(
                ids.insert(operation["operationId"].to_string()),
                "two routes are called {}",
                operation["operationId"]
            );
        }
    }
    world.end().await;
}

on_both! {
    async fn a_wrong_address_is_told_with_its_reason_and_the_right_ones_are_added(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let good = world.addresses().await;
        let wrong_letter = format!("{}0{}", &good[1][..19], &good[1][20..]);
        let wanted = json!({ "addresses": [good[0], wrong_letter, "1".repeat(44), "", good[0], "<script>alert(1)</script>", "a".repeat(5_000)] });
        let answer = person.post("/api/nodes", &wanted).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.body["nodes"].as_array().unwrap().len(), 1);
        let codes: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["address_not_base58", "address_wrong_length", "address_empty", "address_duplicate", "address_not_base58", "address_wrong_length"]);
        assert_eq!(answer.body["errors"][0]["detail"], "Character 20 is a zero. Node addresses have none; it may be an o.");
        assert!(answer.body["errors"][5]["address"].as_str().unwrap().len() <= 64, "nobody's page is flooded");

        let alone = person.post("/api/nodes", &json!({ "address": good[0] })).await;
        assert_problem(&alone, 422, "address_duplicate");
        assert_eq!(alone.body["detail"], "You watch this node already.");
        world.end().await;
    }

    async fn hostile_names_are_kept_as_text_or_refused_by_name(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let node = world.addresses().await.remove(0);
        let markup = "<img src=x onerror=alert(1)> & 'quotes' \"too\" 🦉";
        let answer = person.post("/api/nodes", &json!({ "address": node, "name": markup })).await;
        assert_eq!((answer.status, answer.body["nodes"][0]["name"].as_str()), (201, Some(markup)));
        let path = format!("/api/nodes/{node}");
        for (body, field, code) in [
            (json!({ "name": "x".repeat(81) }), "name", "name_too_long"),
            (json!({ "name": "a\u{0}b" }), "name", "name_control_character"),
            (json!({ "name": "gnp.\u{202e}exe" }), "name", "name_control_character"),
            (json!({ "notes": "x".repeat(4_001) }), "notes", "notes_too_long"),
            (json!({ "notes": "\u{7}" }), "notes", "notes_control_character"),
            (json!({ "tags": ["x".repeat(33)] }), "tags", "tags_too_long"),
            (json!({ "tags": [" "] }), "tags", "tags_empty"),
            (json!({ "tags": vec!["t"; 21] }), "tags", "tags_too_many"),
        ] {
            let refused = person.put(&path, &body).await;
            assert_problem(&refused, 422, code);
            assert_eq!(refused.body["field"], field, "{code}");
        }
        assert_eq!(person.nodes().await[0]["name"], markup, "what was refused changed nothing");
        world.end().await;
    }

    async fn the_hundred_and_first_node_is_refused_and_no_two_share_the_last_place(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let address = |n: u8| {
            let mut bytes = [7; 32];
            bytes[0] = n;
            domain::address::Address::new(bytes).to_string()
        };
        let first: Vec<String> = (0..99).map(address).collect();
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": first })).await.status, 201);
        let (one, two) = (json!({ "address": address(100) }), json!({ "address": address(101) }));
        let (one, two) = tokio::join!(person.post("/api/nodes", &one), person.post("/api/nodes", &two));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [201, 422], "{} {}", one.body, two.body);
        let refused = if one.status == 422 { one } else { two };
        assert_problem(&refused, 422, "node_limit");
        assert_eq!(person.nodes().await.len(), 100);
        world.end().await;
    }
}
