//! The program says what is wrong with its configuration, names the variable, and exits 78 before it opens a port.

use std::process::{Command, Output};

fn wakeful(variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
    command.env_clear().args(arguments).envs(variables.iter().copied());
    command.output().unwrap()
}

#[test]
fn each_bad_value_is_named_and_exits_78() {
    for (variable, value) in [
        ("WAKEFUL_LISTEN", "everywhere"),
        ("WAKEFUL_SCAN_SECONDS", "0"),
        ("WAKEFUL_STUCK_SECONDS", "600"),
        ("WAKEFUL_REGISTRATION", "perhaps"),
        ("WAKEFUL_NODE_URL", "https://nodes.example.net"),
        ("WAKEFUL_TRUSTED_PROXIES", "my proxy"),
        ("WAKEFUL_ALLOW_PRIVATE", "192.168.0.0/99"),
        ("WAKEFUL_TELEGRAM_API", "api.telegram.org"),
        ("WAKEFUL_TELEGRAM_WEBHOOK", "on"),
        ("WAKEFUL_LOG_FORMAT", "xml"),
    ] {
        let output = wakeful(&[(variable, value)], &["serve"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{variable}: {said}");
        assert!(said.contains(variable) && said.contains(value), "{said}");
        assert!(output.stdout.is_empty(), "no port was opened");
    }
}

#[test]
fn a_secret_is_not_repeated_and_may_stand_in_a_file() {
    let output = wakeful(&[("WAKEFUL_DATABASE_URL", "mysql://me:hunter2@db")], &["serve"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(78)
            && said.contains("WAKEFUL_DATABASE_URL")
            && !said.contains("hunter2"),
        "{said}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "short\n").unwrap();
    let variables = [
        ("WAKEFUL_ADMIN_EMAIL", "demo@example.net"),
        ("WAKEFUL_ADMIN_PASSWORD_FILE", file.to_str().unwrap()),
    ];
    let said = String::from_utf8(wakeful(&variables, &["serve"]).stderr).unwrap();
    assert!(said.contains("fewer than 8 characters"), "the file was read: {said}");
    let missing =
        [("WAKEFUL_ADMIN_EMAIL", "demo@example.net"), ("WAKEFUL_ADMIN_PASSWORD_FILE", "/nowhere/at/all")];
    let output = wakeful(&missing, &["serve"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(78) && said.contains("WAKEFUL_ADMIN_PASSWORD_FILE"), "{said}");
}

#[test]
fn a_bots_token_and_a_mail_servers_password_stay_secret_also_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let path = file.to_str().unwrap();
    for (variable, in_file, text) in [
        ("WAKEFUL_TELEGRAM_TOKEN", "WAKEFUL_TELEGRAM_TOKEN_FILE", "hunter2"),
        ("WAKEFUL_SMTP_URL", "WAKEFUL_SMTP_URL_FILE", "http://me:hunter2@relay"),
    ] {
        std::fs::write(&file, format!("{text}\n")).unwrap();
        for given in [(variable, text), (in_file, path)] {
            let output = wakeful(&[given, ("WAKEFUL_MAIL_FROM", "wakeful@example.net")], &["serve"]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(78), "{said}");
            assert!(said.contains(variable) && !said.contains("hunter2"), "{said}");
            assert!(output.stdout.is_empty(), "no port was opened");
        }
    }
    let output = wakeful(&[("WAKEFUL_SMTP_URL", "smtp://relay")], &["serve"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(78) && said.contains("WAKEFUL_MAIL_FROM"), "{said}");
}

#[test]
fn a_secret_key_that_cannot_be_right_is_named_and_never_repeated() {
    for key in ["", "hunter2"] {
        let output = wakeful(&[("SECRET_KEY", key)], &["serve"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(78) && said.contains("SECRET_KEY"), "{said}");
        assert!(said.contains("Remove SECRET_KEY") && !said.contains("hunter2"), "{said}");
    }
    let profile = wakeful(&[("WAKEFUL_SESSION_PROFILE", "lax")], &["serve"]);
    assert_eq!(profile.status.code(), Some(78));
}

#[test]
fn a_word_that_is_no_command_is_a_mistake_and_help_is_none() {
    assert_eq!(wakeful(&[], &["watch"]).status.code(), Some(78));
    assert_eq!(wakeful(&[], &["--help"]).status.code(), Some(0));
    assert_eq!(wakeful(&[], &["--version"]).status.code(), Some(0));
}

#[test]
fn the_openapi_document_is_the_one_that_the_web_app_was_made_from() {
    let printed = String::from_utf8(wakeful(&[], &["openapi"]).stdout).unwrap();
    let kept =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json")).unwrap();
    assert!(printed == kept, "run `make openapi`");
}

#[test]
fn nobody_answers_and_the_health_check_says_so() {
    let output = wakeful(&[], &["healthcheck", "--listen", "127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("nothing answers at 127.0.0.1:9"));
}
