//! A person's browser, as far as the API can tell: one cookie, our header, an Origin.

use reqwest::{Method, RequestBuilder, header};
use serde_json::Value;

use crate::world::{EMAIL, PASSWORD, World};

pub const NONCE: &str = "AAECAwQFBgcICQoLDA0ODw";

pub struct Person {
    url: String,
    http: reqwest::Client,
    pub cookie: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub body: Value,
}

impl Person {
    /// Somebody who was never here, on a server of this URL.
    pub fn on(url: &str, http: &reqwest::Client) -> Self {
        Self { url: url.to_owned(), http: http.clone(), cookie: None }
    }

    pub fn nobody(world: &World) -> Self {
        Self { url: world.url.clone(), http: world.http.clone(), cookie: None }
    }

    /// The same browser after the server moved to another port.
    pub fn at(&self, world: &World) -> Self {
        Self { url: world.url.clone(), http: world.http.clone(), cookie: self.cookie.clone() }
    }

    pub fn with_cookie_of(mut self, answer: &Answer) -> Self {
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        let pairs = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        self.cookie = Some(pairs.collect::<Vec<_>>().join("; "));
        assert!(self.cookie.as_deref().is_some_and(|cookie| !cookie.is_empty()), "no cookie came");
        self
    }

    /// The same browser on another server of the same house.
    pub fn on_server(&self, url: &str) -> Self {
        Self { url: url.to_owned(), http: self.http.clone(), cookie: self.cookie.clone() }
    }

    /// Signs in.
    pub async fn sign_in(self) -> Self {
        let body = serde_json::json!({ "email": EMAIL, "password": PASSWORD });
        let answer = self.post("/api/auth/login", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.with_cookie_of(&answer)
    }

    /// The id of one's own session.
    pub async fn sid(&self) -> String {
        self.session().await.body["sid"].as_str().unwrap().to_owned()
    }

    /// A request as the web app sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).header("x-wakeful", "1");
        let request = request.header(header::ORIGIN, &self.url);
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn session(&self) -> Answer {
        self.send(self.request(Method::GET, "/api/session").header("session-nonce", NONCE)).await
    }

    pub async fn nodes(&self) -> Vec<Value> {
        let answer = self.get("/api/nodes").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["nodes"].as_array().unwrap().clone()
    }
}
