//! One push connection from its opening to its end: a dead one is noticed, a hostile one costs little.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::address::Address;
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    time::{Interval, MissedTickBehavior},
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, http::header, protocol::WebSocketConfig},
};

use super::{
    Ended, Push, Told, Unheard,
    subscriptions::{Heard, Subscriptions},
};
use crate::solana::{rpc::place::Place, ws};

/// How often within one silence the other side is asked for a sign of life.
const BEATS: u32 = 3;
/// Whoever says so much that is no JSON-RPC is no push endpoint.
const MOST_GARBAGE: u32 = 100;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a connection ended.
enum End {
    /// What happened.
    Lost(String),
    Unheard,
}

impl From<Unheard> for End {
    fn from(Unheard: Unheard) -> Self {
        Self::Unheard
    }
}

/// An open connection.
pub(super) struct Connection<'a> {
    socket: Socket,
    subscriptions: Subscriptions,
    silence: Duration,
    endpoint: &'a str,
    tell: &'a mpsc::Sender<Told>,
    open: bool,
    garbage: u32,
}

impl<'a> Connection<'a> {
    /// Opens a connection and tells what comes over it until it ends.
    pub(super) async fn run(
        push: &Push,
        place: &'a Place,
        runs: watch::Receiver<BTreeSet<Address>>,
        tell: &'a mpsc::Sender<Told>,
    ) -> Result<Ended, Unheard> {
        let endpoint = place.name();
        send(tell, Told::Connecting { endpoint: endpoint.to_owned() }).await?;
        let opening = tokio::time::timeout(push.limits.opening, connect(push, place));
        let opened = tokio::select! {
            opened = opening => opened,
            () = tell.closed() => return Err(Unheard),
        };
        let why = |words: &str| place.detail(words);
        let socket = match opened {
            Ok(Ok(socket)) => socket,
            Ok(Err(error)) => return Ok(Ended { why: why(&error), was_good: false }),
            Err(_) => return Ok(Ended { why: why("no connection in time"), was_good: false }),
        };
        let mut connection = Self {
            socket,
            subscriptions: Subscriptions::new(push.programs),
            silence: push.limits.silence,
            endpoint,
            tell,
            open: false,
            garbage: 0,
        };
        let mut beats = 0;
        match connection.live(push.limits.opening, runs, &mut beats).await {
            End::Lost(words) => Ok(Ended { why: why(&words), was_good: connection.open && beats > BEATS }),
            End::Unheard => Err(Unheard),
        }
    }

    async fn live(
        &mut self,
        opening: Duration,
        mut runs: watch::Receiver<BTreeSet<Address>>,
        beats: &mut u32,
    ) -> End {
        let opened = tokio::time::sleep(opening);
        tokio::pin!(opened);
        let mut beat = self.beat();
        let mut quiet: u32 = 0;
        // What is wanted now is news to this connection.
        runs.mark_changed();
        let first = self.subscriptions.begin();
        let mut step = self.say(first).await;
        while step.is_ok() {
            step = tokio::select! {
                message = self.socket.next() => {
                    quiet = 0;
                    self.hear(message).await
                }
                changed = runs.changed(), if self.open => match changed {
                    Ok(()) => self.follow(&mut runs).await,
                    Err(_) => Err(End::Unheard),
                },
                _ = beat.tick() => {
                    quiet = quiet.saturating_add(1);
                    *beats = beats.saturating_add(1);
                    self.ask_for_life(quiet).await
                }
                () = &mut opened, if !self.open => {
                    Err(End::Lost("the first subscription was not answered in time".to_owned()))
                }
                () = self.tell.closed() => Err(End::Unheard),
            };
        }
        step.err().unwrap_or(End::Unheard)
    }

    fn beat(&self) -> Interval {
        let period = self.silence.checked_div(BEATS).unwrap_or(self.silence);
        let mut beat = tokio::time::interval(period.max(Duration::from_millis(1)));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        beat
    }

    async fn ask_for_life(&mut self, quiet: u32) -> Result<(), End> {
        if quiet > BEATS {
            let words = format!("nothing was heard for {} s", self.silence.as_secs_f32());
            return Err(End::Lost(words));
        }
        self.write(Message::Ping(Vec::new().into())).await
    }

    /// Subscribes to what is wanted now and gives back what is not.
    async fn follow(&mut self, runs: &mut watch::Receiver<BTreeSet<Address>>) -> Result<(), End> {
        let wanted = runs.borrow_and_update().clone();
        for call in self.subscriptions.want(&wanted) {
            self.say(call).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, message: Option<Result<Message, Error>>) -> Result<(), End> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            // Answered below us, or nothing that a push endpoint says.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => return self.shrug(),
            Some(Ok(Message::Close(_))) | None => return Err(End::Lost("it was closed".to_owned())),
            Some(Err(error)) => return Err(End::Lost(error.to_string())),
        };
        let Ok(message) = ws::decode(text.as_str()) else { return self.shrug() };
        match self.subscriptions.hear(message) {
            Heard::Nothing => Ok(()),
            Heard::Open => {
                self.open = true;
                let endpoint = self.endpoint.to_owned();
                Ok(send(self.tell, Told::Open { endpoint }).await?)
            }
            Heard::Change(pushed) => Ok(send(self.tell, Told::Change(pushed)).await?),
            Heard::Say(call) => self.say(call).await,
            Heard::Refused(words) => Err(End::Lost(words)),
        }
    }

    /// What cannot be read is passed over, up to a point.
    fn shrug(&mut self) -> Result<(), End> {
        self.garbage = self.garbage.saturating_add(1);
        if self.garbage >= MOST_GARBAGE {
            return Err(End::Lost("it says what is no JSON-RPC".to_owned()));
        }
        Ok(())
    }

    async fn say(&mut self, call: String) -> Result<(), End> {
        self.write(Message::text(call)).await
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        match tokio::time::timeout(self.silence, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(End::Lost(error.to_string())),
            Err(_) => Err(End::Lost("it takes no more messages".to_owned())),
        }
    }
}

async fn connect(push: &Push, place: &Place) -> Result<Socket, String> {
    let url = place.url();
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().ok_or("no port")?;
    let tcp = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    // Small messages that must not wait for each other.
    tcp.set_nodelay(true).map_err(|error| error.to_string())?;
    let mut request = url.as_str().into_client_request().map_err(|error| error.to_string())?;
    if !url.username().is_empty() {
        let user = format!("{}:{}", url.username(), url.password().unwrap_or_default());
        let value = format!("Basic {}", STANDARD.encode(user)).parse();
        request.headers_mut().insert(header::AUTHORIZATION, value.map_err(|_| "an unusable user name")?);
    }
    let limits = WebSocketConfig::default()
        .max_message_size(Some(push.limits.message))
        .max_frame_size(Some(push.limits.message));
    let tls = Connector::Rustls(Arc::clone(&push.tls));
    let opened = client_async_tls_with_config(request, tcp, Some(limits), Some(tls)).await;
    opened.map(|(socket, _)| socket).map_err(|error| error.to_string())
}

async fn send(tell: &mpsc::Sender<Told>, told: Told) -> Result<(), Unheard> {
    tell.send(told).await.map_err(|_| Unheard)
}
