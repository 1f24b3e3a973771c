//! The command line beside a running server: what it writes holds at once, and what it refuses says why.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use reqwest::{Method, header};
use serde_json::{Value, json};
use store::{on_both, testbed::Bed};

use crate::{
    person::{Answer, NONCE, Person},
    restart::{Program, wakeful},
    world::{EMAIL, PASSWORD, eventually},
};

struct House<'a> {
    bed: &'a Bed,
    program: Program,
    http: reqwest::Client,
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn run(mut command: Command, input: &str) -> (Option<i32>, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    said(&child.wait_with_output().unwrap())
}

impl<'a> House<'a> {
    async fn new(bed: &'a Bed) -> (Self, Person) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let program = Program::start(bed);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let house = Self { bed, program, http };
        let setup = json!({ "code": house.program.code, "email": EMAIL, "password": PASSWORD });
        let made = house.nobody().post("/api/setup", &setup).await;
        let person = house.nobody().with_cookie_of(&made);
        (house, person)
    }

    fn nobody(&self) -> Person {
        Person::on(&self.program.url, &self.http)
    }

    /// Runs a command that must succeed; gives what it printed.
    fn does(&self, arguments: &[&str]) -> String {
        let mut command = wakeful(self.bed);
        command.args(arguments);
        let (code, text) = run(command, "");
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
        text
    }

    /// Runs a command that must fail with this exit code; gives what it said.
    fn refuses(&self, arguments: &[&str], expected: i32) -> String {
        let mut command = wakeful(self.bed);
        command.args(arguments);
        let (code, text) = run(command, "");
        assert_eq!(code, Some(expected), "{arguments:?}: {text}");
        text
    }

    async fn bearer(&self) -> String {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let login = self.http.post(format!("{}/api/auth/login", self.program.url)).json(&body);
        let body: Value = login.send().await.unwrap().json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn session_of(&self, token: &str) -> Answer {
        let request = self.nobody().request(Method::GET, "/api/session").header("session-nonce", NONCE);
        self.nobody().send(request.header(header::AUTHORIZATION, format!("Bearer {token}"))).await
    }
}

/// Waits until a person's next request is refused, for this reason.
async fn ended(person: &Person, reason: &str) {
    eventually(reason, || async {
        let answer = person.get("/api/auth/me").await;
        if answer.body["reason"] == reason {
            Ok(())
        } else {
            Err(format!("{} {}", answer.status, answer.body))
        }
    })
    .await;
}

fn code_of(link: &str) -> &str {
    let (page, code) = link.trim().split_once('#').unwrap();
    assert!(page.ends_with("/register") || page.ends_with("/register?reset"), "{link}");
    code
}

on_both! {
    async fn sessions_are_listed_and_ended(bed) {
        let (house, first) = House::new(bed).await;
        let (second, third) = (house.nobody().sign_in().await, house.nobody().sign_in().await);
        let (sid, listed) = (first.sid().await, house.does(&["sessions", "list", "--user", EMAIL]));
        assert!(listed.lines().count() == 4 && listed.contains(&sid) && listed.contains("active"), "{listed}");
        assert!(house.does(&["sessions", "end", &sid]).contains("1 sessions ended"));
        ended(&first, "revoked").await;
        assert_eq!(second.get("/api/auth/me").await.status, 200, "the others go on");
        assert!(house.does(&["sessions", "end", "--user", EMAIL]).contains("2 sessions ended"));
        ended(&second, "revoked_all").await;
        ended(&third, "revoked_all").await;
        assert!(house.does(&["sessions", "end", "--all"]).contains("0 sessions ended"));
        assert!(house.does(&["sessions", "list"]).contains("revoked_all"), "past ones say why");
        assert!(house.refuses(&["sessions", "end", "nonsense"], 1).contains("no session nonsense"));
        assert!(house.refuses(&["sessions", "end", "--user", "nobody@example.net"], 1).contains("nobody@example.net"));
        house.refuses(&["sessions", "end"], 78);
        house.refuses(&["sessions", "end", "--all", "--user", EMAIL], 78);
    }

    async fn accounts_are_made_disabled_and_given_a_new_password(bed) {
        let (house, admin) = House::new(bed).await;
        let mut add = wakeful(bed);
        add.args(["users", "add", "bea@example.net"]);
        assert_eq!(run(add, "a long red fence\n").0, Some(0));
        let login = json!({ "email": "bea@example.net", "password": "a long red fence" });
        let answer = house.nobody().post("/api/auth/login", &login).await;
        let bea = house.nobody().with_cookie_of(&answer);
        assert!(house.does(&["users", "list"]).contains("bea@example.net"));
        assert!(house.does(&["users", "disable", "bea@example.net"]).contains("1 sessions ended"));
        ended(&bea, "account_disabled").await;
        assert_eq!(house.nobody().post("/api/auth/login", &login).await.status, 403);
        house.does(&["users", "enable", "bea@example.net"]);
        let answer = house.nobody().post("/api/auth/login", &login).await;
        let bea = house.nobody().with_cookie_of(&answer);

        let link = house.does(&["users", "reset-password", "bea@example.net"]);
        let fresh = json!({ "email": "bea@example.net", "password": "a short blue door", "invitation": code_of(&link) });
        let of_another = json!({ "email": EMAIL, "password": "a short blue door", "invitation": code_of(&link) });
        assert_eq!(house.nobody().post("/api/auth/register", &of_another).await.status, 403, "it is bea's alone");
        assert_eq!(house.nobody().post("/api/auth/register", &fresh).await.body["state"], "active");
        ended(&bea, "password_changed").await;
        assert_eq!(house.nobody().post("/api/auth/register", &fresh).await.status, 403, "a link works once");
        assert_eq!(house.nobody().post("/api/auth/login", &login).await.status, 401);
        assert_eq!(admin.get("/api/auth/me").await.status, 200, "control: nobody else is touched");

        assert!(house.refuses(&["users", "disable", EMAIL], 1).contains("only administrator"));
        assert!(house.refuses(&["users", "invite", EMAIL], 1).contains("has an account"));
        assert!(house.refuses(&["users", "add", "cy@example.net"], 1).contains("fewer than 8"));
        assert!(house.refuses(&["users", "reset-password", "cy@example.net"], 1).contains("cy@example.net"));
        assert!(house.refuses(&["users", "enable", "no address"], 1).contains("no e-mail address"));
    }

    async fn an_invitation_makes_one_account_for_its_own_email(bed) {
        let (house, _) = House::new(bed).await;
        let link = house.does(&["users", "invite", "bea@example.net"]);
        let register = |email: &str| json!({ "email": email, "password": "a long red fence", "invitation": code_of(&link) });
        assert_eq!(house.nobody().post("/api/auth/register", &register("eve@example.net")).await.status, 403);
        assert_eq!(house.nobody().post("/api/auth/register", &register("bea@example.net")).await.body["state"], "active");
        let again = house.nobody().post("/api/auth/register", &register("bea@example.net")).await;
        assert!(again.status == 403, "an invitation is no way to a new password: {}", again.body);
    }

    async fn keys_are_rotated_and_a_compromised_one_ends_tokens_and_no_cookie(bed) {
        let (house, person) = House::new(bed).await;
        let token = house.bearer().await;
        assert_eq!(house.session_of(&token).await.body["state"], "active");
        let before = house.does(&["keys", "list"]);
        let kid = before.lines().find(|line| line.contains("active")).unwrap().split(' ').next().unwrap().to_owned();
        house.does(&["keys", "rotate"]);
        assert!(house.does(&["keys", "list"]).contains("pending"));
        assert_eq!(house.session_of(&token).await.body["state"], "active", "a rotation ends nobody");
        assert!(house.does(&["keys", "compromise", &kid]).contains("1 token sessions ended"));
        eventually("the end of the token", || async {
            let answer = house.session_of(&token).await;
            if answer.body["reason"] == "key_compromised" { Ok(()) } else { Err(answer.body.to_string()) }
        }).await;
        assert_eq!(person.session().await.body["state"], "active", "no cookie depends on a key");
        let next = house.bearer().await;
        assert_eq!(house.session_of(&next).await.body["state"], "active");
        assert!(house.refuses(&["keys", "compromise", "nonsense"], 1).contains("no key nonsense"));
    }
}

#[test]
fn a_folder_without_a_database_is_not_made_into_one() {
    let bed = Bed::sqlite();
    let mut command = wakeful(&bed);
    command.args(["users", "list"]);
    let (code, text) = run(command, "");
    assert!(code == Some(1) && text.contains("no database") && text.contains("--data"), "{text}");
    assert!(!bed.folder().join("data").exists());
}

#[test]
fn a_flag_counts_before_the_command_and_after_it_and_over_its_variable() {
    for arguments in [["--listen", "nowhere", "serve"], ["serve", "--listen", "nowhere"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
        command.env_clear().env("WAKEFUL_LISTEN", "127.0.0.1:0").args(arguments);
        let (code, text) = run(command, "");
        assert!(code == Some(78) && text.contains("nowhere"), "{arguments:?}: {text}");
    }
}
