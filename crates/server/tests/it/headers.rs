//! What stands on every answer, and who is answered at all.

use reqwest::{Method, header};
use serde_json::json;
use store::testbed::Bed;

use crate::{person::Person, world::World};

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    for path in ["/", "/api/health", "/api/nodes", "/nowhere.js", "/openapi.json"] {
        let answer = Person::nobody(&world).get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        // The API is no page: there nothing is let in at all.
        for part in ["script-src 'self'", "require-trusted-types-for 'script'"] {
            assert_eq!(policy.contains(part), !path.starts_with("/api"), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_not_answered() {
    let bed = Bed::sqlite();
    let world = World::with(&bed, |settings| settings.hosts = Some("nas.local".to_owned())).await;
    let person = world.set_up().await;
    let port = world.url.rsplit_once(':').unwrap().1.to_owned();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("nas.local:{port}"), 200),
        ("rebound.example.org".to_owned(), 421),
        (format!("nas.local.example.org:{port}"), 421),
    ] {
        let answer = person.send(person.request(Method::GET, "/api/nodes").header(header::HOST, &host)).await;
        assert_eq!(answer.status, status, "{host}: {}", answer.body);
    }
    world.end().await;
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let person = world.set_up().await;
    let node = json!({ "address": world.addresses().await[0] });
    let cookie = person.cookie.clone().unwrap();
    let bare =
        || world.http.post(format!("{}/api/nodes", world.url)).header(header::COOKIE, &cookie).json(&node);
    for request in [
        bare(),
        bare().header("x-wakeful", "1"),
        bare().header("x-wakeful", "1").header(header::ORIGIN, "https://evil.example.org"),
        bare().header("x-wakeful", "1").header("sec-fetch-site", "cross-site"),
        bare().header(header::ORIGIN, &world.url),
    ] {
        let answer = person.send(request).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (403, Some("csrf")), "{}", answer.body);
    }
    assert!(person.nodes().await.is_empty());
    let own = person.send(bare().header("x-wakeful", "1").header("sec-fetch-site", "same-origin")).await;
    assert_eq!(own.status, 201, "{}", own.body);
    world.end().await;
}

#[tokio::test]
async fn health_waits_for_nobody_and_says_who_it_is() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let answer = Person::nobody(&world).get("/api/health").await;
    assert_eq!(
        (answer.status, answer.body["kind"].as_str(), answer.body["status"].as_str()),
        (200, Some("wakeful.health"), Some("healthy"))
    );
    assert!(!answer.headers.contains_key("session-verdict"));
    world.end().await;
}

#[tokio::test]
async fn a_page_of_the_app_is_a_page_and_a_missing_file_is_missing() {
    let bed = Bed::sqlite();
    let world = World::new(&bed).await;
    let nobody = Person::nobody(&world);
    let page = nobody.get("/nodes/anything").await;
    assert_eq!((page.status, page.headers[header::CACHE_CONTROL].to_str().unwrap()), (200, "no-cache"));
    assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    for path in ["/assets/missing.js", "/missing.js", "/api/missing", "/api"] {
        let answer = nobody.get(path).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (404, Some("not_found")), "{path}");
    }
    let tag = page.headers[header::ETAG].to_str().unwrap();
    let again = nobody.send(nobody.request(Method::GET, "/").header(header::IF_NONE_MATCH, tag)).await;
    assert_eq!(again.status, 304);
    world.end().await;
}
