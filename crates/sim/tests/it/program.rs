//! The binary: its ready lines are a contract.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{DEADLINE, client};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_wakeful-sim"))
        .args(["--listen", "127.0.0.1:0", "--nodes", "14"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn the_variables_come_one_a_line_and_then_an_empty_line() {
    let mut child = start(&["--print-env"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        tokio::time::timeout(DEADLINE, out.read_line(&mut line)).await.unwrap().unwrap();
        if line == "\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let value = |name: &str| lines.iter().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap();
    let rpc = value("WAKEFUL_SOLANA_RPC");
    let base = rpc.strip_suffix("/rpc/a").unwrap();
    assert_eq!(value("WAKEFUL_SOLANA_WS"), rpc.replacen("http", "ws", 1));
    assert_eq!(value("WAKEFUL_NODE_URL"), format!("{base}/node/{{node}}"));
    assert_eq!(value("WAKEFUL_ALLOW_PRIVATE"), "127.0.0.0/8");
    assert_eq!(value("WAKEFUL_TELEGRAM_API"), format!("{base}/telegram"));
    let me = format!("{base}/telegram/bot{}/getMe", value("WAKEFUL_TELEGRAM_TOKEN"));
    assert_eq!(client().get(me).send().await.unwrap().status(), 200);
    let post_office = value("WAKEFUL_SMTP_URL").strip_prefix("smtp://").unwrap();
    tokio::net::TcpStream::connect(post_office).await.unwrap();
    assert_eq!(value("WAKEFUL_MAIL_FROM"), "wakeful@example.net");
    assert_eq!(client().get(format!("{base}/sim/world")).send().await.unwrap().status(), 200);
    child.kill().await.unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "", "nothing follows");
}

#[tokio::test]
async fn without_the_flag_one_ready_line_comes() {
    let mut child = start(&["--stuck", "5,6", "--offline", "3"]);
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    tokio::time::timeout(DEADLINE, out.read_line(&mut line)).await.unwrap().unwrap();
    let url = line.trim_end().strip_prefix("listening on ").unwrap();
    let world: serde_json::Value =
        client().get(format!("{url}/sim/world")).send().await.unwrap().json().await.unwrap();
    assert_eq!(world["thresholds"], serde_json::json!({ "scan": 30, "offline": 3, "stuck": [5, 6] }));
}
