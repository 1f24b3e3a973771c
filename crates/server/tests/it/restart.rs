//! Killed in the middle: what was acknowledged is there, and the cookie still signs in, with no key configured.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::address::Address;
use reqwest::header;
use serde_json::json;
use store::{Location, on_both, testbed::Bed};

use crate::{
    person::NONCE,
    world::{EMAIL, PASSWORD},
};

/// The program as an operator starts it, on a database of the test's.
pub struct Program {
    child: Child,
    pub url: String,
    pub code: Option<String>,
}

/// A command on a test's database, as an operator types it.
pub fn wakeful(bed: &Bed) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
    command.env_clear().arg("--data").arg(bed.folder().join("data"));
    if let Location::Postgres(url) = bed.location() {
        command.args(["--database-url", url]);
    }
    command
}

impl Program {
    pub fn start(bed: &Bed) -> Self {
        // Nothing answers there: the sources of this test are not its subject.
        Self::with(bed, |command| {
            command.args(["--solana-rpc", "http://127.0.0.1:9", "--node-url", "http://127.0.0.1:9/{node}"]);
        })
    }

    /// The same with other settings.
    pub fn with(bed: &Bed, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = wakeful(bed);
        command.args(["serve", "--listen", "127.0.0.1:0", "--nodes-per-account", "100000"]);
        change(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut code = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, told)) = line.split_once("/setup#") {
                code = Some(told.to_owned());
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                return Self { child, url: url.to_owned(), code };
            }
        }
        panic!("the program ended before it was ready: {:?}", child.wait());
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(n: u32) -> String {
    let mut bytes = [3; 32];
    bytes[..4].copy_from_slice(&n.to_le_bytes());
    Address::new(bytes).to_string()
}

const ROUNDS: u32 = 4;
const BEFORE_THE_KILL: usize = 12;

on_both! {
    async fn everything_acknowledged_survives_kill_9_and_the_cookie_still_signs_in(bed) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut program = Program::start(bed);
        let setup = json!({ "code": program.code, "email": EMAIL, "password": PASSWORD });
        let made = http.post(format!("{}/api/setup", program.url)).header("x-wakeful", "1").json(&setup).send().await.unwrap();
        assert_eq!(made.status(), 200);
        let cookie = made.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let acknowledged = Mutex::new(Vec::new());
        for round in 0..ROUNDS {
            let killed = AtomicBool::new(false);
            let (url, limit) = (program.url.clone(), (round as usize + 1) * BEFORE_THE_KILL);
            let writer = |lane: u32| {
                let (http, url, cookie, acknowledged, killed) = (&http, &url, &cookie, &acknowledged, &killed);
                async move {
                    for n in 0.. {
                        if killed.load(Ordering::SeqCst) { return; }
                        let node = address(round * 1_000_000 + lane * 100_000 + n);
                        let request = http.post(format!("{url}/api/nodes")).header("x-wakeful", "1").header(header::ORIGIN, url);
                        let request = request.header(header::COOKIE, cookie).json(&json!({ "address": node }));
                        match request.send().await {
                            Ok(answer) if answer.status() == 201 => acknowledged.lock().unwrap().push(node),
                            Ok(answer) => assert!(answer.status() == 503, "{}", answer.status()),
                            Err(_) => return,
                        }
                    }
                }
            };
            let killer = async {
                while acknowledged.lock().unwrap().len() < limit { tokio::task::yield_now().await; }
                program.kill();
                killed.store(true, Ordering::SeqCst);
            };
            tokio::join!(writer(0), writer(1), writer(2), killer);
            program = Program::start(bed);
            assert_eq!(program.code, None, "the house is not up for taking again");
            let get = |path: &str| http.get(format!("{}{path}", program.url)).header(header::COOKIE, &cookie).header("session-nonce", NONCE);
            let session: serde_json::Value = get("/api/session").send().await.unwrap().json().await.unwrap();
            assert_eq!(session["state"], "active", "round {round}: {session}");
            let nodes = get("/api/nodes").send().await.unwrap().text().await.unwrap();
            let lost: Vec<_> = acknowledged.lock().unwrap().iter().filter(|node| !nodes.contains(node.as_str())).cloned().collect();
            assert!(lost.is_empty(), "round {round}: acknowledged and lost: {lost:?}");
        }
        program.kill();
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let bed = Bed::sqlite();
    let first = Program::start(&bed);
    let mut second = Command::new(env!("CARGO_BIN_EXE_wakeful"));
    second
        .env_clear()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .arg("--data")
        .arg(bed.folder().join("data"));
    let output = second.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("another server is using the data folder"), "{said}");
    drop(first);
}
