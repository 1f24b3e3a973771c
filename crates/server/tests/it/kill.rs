//! Twenty times `kill -9` under load, with no key configured: no session is lost and no live credential is refused.
//! `WAKEFUL_KILL_ROUNDS` asks for more rounds.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{RequestBuilder, header};
use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::NONCE,
    restart::Program,
    world::{EMAIL, PASSWORD},
};

const ROUNDS: usize = 20;

#[expect(clippy::disallowed_methods, reason = "how long to go on is said from outside, and here only")]
fn rounds() -> usize {
    std::env::var("WAKEFUL_KILL_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number of rounds"))
}

/// A credential that was handed out, as a header's name and value.
type Credential = (header::HeaderName, String);

/// Sends; `None` = no answer came, which says nothing.
async fn answer(request: RequestBuilder) -> Option<(u16, Option<String>, Value)> {
    let response = request.send().await.ok()?;
    let (status, cookie) = (response.status().as_u16(), response.headers().get(header::SET_COOKIE).cloned());
    let cookie = cookie.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    let body = serde_json::from_str(&response.text().await.ok()?).ok()?;
    Some((status, cookie, body))
}

/// Everybody who is at work while the server is killed.
struct Crowd {
    http: reqwest::Client,
    signed_in: Mutex<Vec<Credential>>,
    answers: AtomicUsize,
    is_over: AtomicBool,
}

impl Crowd {
    fn all(&self) -> Vec<Credential> {
        self.signed_in.lock().unwrap().clone()
    }

    /// Signs in again and again, by cookie or for a token.
    async fn sign_in(&self, url: &str, by_cookie: bool) {
        while !self.is_over.load(Ordering::SeqCst) {
            let mut request = self.http.post(format!("{url}/api/auth/login"));
            if by_cookie {
                request = request.header("x-wakeful", "1").header(header::ORIGIN, url);
            }
            let request = request.json(&json!({ "email": EMAIL, "password": PASSWORD }));
            let Some((status, cookie, body)) = answer(request).await else { return };
            assert!([200, 429, 503].contains(&status), "a sign-in: {status} {body}");
            let token =
                body["access_token"].as_str().map(|token| (header::AUTHORIZATION, format!("Bearer {token}")));
            let made = cookie.map(|cookie| (header::COOKIE, cookie)).or(token);
            self.signed_in.lock().unwrap().extend(made.filter(|_| status == 200));
            self.answers.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Uses what was handed out, and renews it.
    async fn use_it(&self, url: &str) {
        for turn in 0.. {
            let known = self.all();
            let (name, value) = &known[turn % known.len()];
            let request = match turn % 3 {
                0 => self.http.get(format!("{url}/api/auth/me")),
                1 => self.http.get(format!("{url}/api/nodes")),
                _ => self
                    .http
                    .post(format!("{url}/api/session/renew"))
                    .header("x-wakeful", "1")
                    .json(&json!({})),
            };
            let request =
                request.header(name, value).header(header::ORIGIN, url).header("session-nonce", NONCE);
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            let Some((status, _, body)) = answer(request).await else { return };
            assert!([200, 503].contains(&status), "a live credential: {status} {body}");
            self.answers.fetch_add(1, Ordering::SeqCst);
        }
    }
}

on_both! {
    async fn fault_28_kill_9_again_and_again_loses_no_session_and_refuses_nobody(bed) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut program = Program::start(bed);
        let setup = json!({ "code": program.code, "email": EMAIL, "password": PASSWORD });
        let made = http.post(format!("{}/api/setup", program.url)).header("x-wakeful", "1").json(&setup);
        let (status, cookie, body) = answer(made).await.unwrap();
        assert_eq!(status, 200, "{body}");
        let crowd = Crowd {
            http,
            signed_in: Mutex::new(vec![(header::COOKIE, cookie.unwrap())]),
            answers: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        };
        for round in 0..rounds() {
            crowd.is_over.store(false, Ordering::SeqCst);
            crowd.answers.store(0, Ordering::SeqCst);
            let url = program.url.clone();
            let killer = async {
                // Another moment each time: in a first answer, between two, in a commit.
                while crowd.answers.load(Ordering::SeqCst) < 3 + round * 7 % 31 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                program.kill();
                crowd.is_over.store(true, Ordering::SeqCst);
            };
            tokio::join!(
                crowd.sign_in(&url, true), crowd.sign_in(&url, false), crowd.use_it(&url), crowd.use_it(&url), killer
            );
            program = Program::start(bed);
            for (name, value) in crowd.all() {
                let request = crowd.http.get(format!("{}/api/session", program.url));
                let request = request.header(&name, &value).header("session-nonce", NONCE);
                let (status, _, body) = answer(request).await.expect("an answer of a server that is ready");
                assert_eq!((status, body["state"].as_str()), (200, Some("active")), "round {round}, {name}: {body}");
            }
        }
        let handed_out = crowd.all();
        for name in [header::COOKIE, header::AUTHORIZATION] {
            assert!(handed_out.iter().any(|(of, _)| *of == name), "control: nobody signed in by {name}");
        }
    }
}
