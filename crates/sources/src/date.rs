//! What time a server says it is: a witness for our wall clock, when that is in doubt.

use std::time::Duration;

use domain::time::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::{Client, header};

const PATIENCE: Duration = Duration::from_secs(5);

/// The `Date` of a server's answer, whatever the answer is. `None`: nobody answered, or nothing that can be read.
pub async fn server_date(client: &Client, url: &str) -> Option<Timestamp> {
    let answer = client.head(url).timeout(PATIENCE).send().await.ok()?;
    read(answer.headers().get(header::DATE)?.to_str().ok()?)
}

/// Reads an HTTP date (RFC 9110 §5.6.7, the form that servers must send).
fn read(text: &str) -> Option<Timestamp> {
    let time = rfc2822::parse(&text.replace("GMT", "+0000")).ok()?;
    Some(Timestamp::from_millis(time.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[test]
    fn an_http_date_is_read_and_hostile_text_is_none() {
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Timestamp::from_unix_seconds(784_111_777)));
        for text in ["", "now", "Sun, 06 Nov 99999 08:49:37 GMT", "Mon, 06 Nov 1994 25:00:00 GMT"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn even_a_refusal_tells_the_time() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = socket.read(&mut request).await.unwrap();
            let said =
                "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
            socket.write_all(said.as_bytes()).await.unwrap();
        };
        let client = outbound::client().unwrap();
        let (told, ()) = tokio::join!(server_date(&client, &url), answer);
        assert_eq!(told, Some(Timestamp::from_unix_seconds(784_111_777)));
        drop(listener);
        assert_eq!(server_date(&client, &url).await, None);
    }
}
