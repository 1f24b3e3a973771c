//! What one connection has asked for and was granted: says which calls to send and what a message means. No socket.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    address::Address,
    lookup::Lookup,
    network::{Change, Pushed},
};
use serde_json::{Value, json};

use crate::solana::{
    account::{Account, lookup},
    address::Programs,
    job, market, run,
    ws::Message,
};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Target {
    Program,
    Run(Address),
}

/// How far the subscription to a run is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Progress {
    Asked,
    Granted(u64),
    /// The endpoint will not have it: the job's account and the scans tell of its end.
    Refused,
}

/// What a message leads to.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Heard {
    /// Nothing that concerns us.
    Nothing,
    /// The program's changes arrive from here on.
    Open,
    /// An account changed.
    Change(Box<Pushed>),
    /// This has to be said.
    Say(String),
    /// The endpoint does not serve the program's changes.
    Refused(String),
}

/// The subscriptions of one connection.
pub(super) struct Subscriptions {
    programs: Programs,
    calls: u64,
    asked: HashMap<u64, Target>,
    granted: HashMap<u64, Target>,
    runs: BTreeMap<Address, Progress>,
    /// zstd was refused.
    plain: bool,
}

impl Subscriptions {
    pub(super) fn new(programs: Programs) -> Self {
        Self {
            programs,
            calls: 0,
            asked: HashMap::new(),
            granted: HashMap::new(),
            runs: BTreeMap::new(),
            plain: false,
        }
    }

    /// The call for everything that the jobs program owns.
    pub(super) fn begin(&mut self) -> String {
        let encoding = if self.plain { "base64" } else { "base64+zstd" };
        let options = json!({ "encoding": encoding, "commitment": "confirmed" });
        let program = self.programs.jobs.to_string();
        self.ask(Target::Program, "programSubscribe", &json!([program, options]))
    }

    /// The calls that make the runs that are told of those of `wanted`.
    pub(super) fn want(&mut self, wanted: &BTreeSet<Address>) -> Vec<String> {
        let unwanted: Vec<_> = self.runs.iter().filter(|(run, _)| !wanted.contains(*run)).collect();
        let unwanted: Vec<_> = unwanted.into_iter().map(|(run, progress)| (*run, *progress)).collect();
        let mut calls = Vec::new();
        for (run, progress) in unwanted {
            self.runs.remove(&run);
            if let Progress::Granted(subscription) = progress {
                self.granted.remove(&subscription);
                calls.push(self.call("accountUnsubscribe", &json!([subscription])).1);
            }
        }
        let new: Vec<Address> = wanted.iter().filter(|run| !self.runs.contains_key(*run)).copied().collect();
        for run in new {
            self.runs.insert(run, Progress::Asked);
            let options = json!({ "encoding": "base64", "commitment": "confirmed" });
            calls.push(self.ask(Target::Run(run), "accountSubscribe", &json!([run.to_string(), options])));
        }
        calls
    }

    /// What a message means.
    pub(super) fn hear(&mut self, message: Message) -> Heard {
        match message {
            Message::Subscribed { id, subscription } => self.grant(id, subscription),
            Message::Refused { id, code, message } => self.refuse(id, code, &message),
            Message::Program { subscription, slot, address, account } => {
                match self.granted.get(&subscription) {
                    Some(Target::Program) => changed(address, slot, self.of_program(&address, &account)),
                    _ => Heard::Nothing,
                }
            }
            Message::Account { subscription, slot, account } => match self.granted.get(&subscription) {
                Some(Target::Run(run)) => changed(*run, slot, self.of_run(&account)),
                _ => Heard::Nothing,
            },
            Message::Other => Heard::Nothing,
        }
    }

    fn grant(&mut self, id: u64, subscription: u64) -> Heard {
        let Some(target) = self.asked.remove(&id) else { return Heard::Nothing };
        match target {
            Target::Program => {
                self.granted.insert(subscription, target);
                Heard::Open
            }
            Target::Run(run) => match self.runs.get_mut(&run) {
                Some(progress) => {
                    *progress = Progress::Granted(subscription);
                    self.granted.insert(subscription, target);
                    Heard::Nothing
                }
                // It ended before it was granted.
                None => Heard::Say(self.call("accountUnsubscribe", &json!([subscription])).1),
            },
        }
    }

    fn refuse(&mut self, id: Option<u64>, code: i64, message: &str) -> Heard {
        match id.and_then(|id| self.asked.remove(&id)) {
            Some(Target::Program) if !self.plain => {
                self.plain = true;
                Heard::Say(self.begin())
            }
            Some(Target::Program) => {
                Heard::Refused(format!("programSubscribe was refused: {code} {message}"))
            }
            Some(Target::Run(run)) => {
                self.runs.entry(run).and_modify(|progress| *progress = Progress::Refused);
                Heard::Nothing
            }
            None => Heard::Nothing,
        }
    }

    fn of_program(&self, address: &Address, account: &Account) -> Option<Change> {
        let program = &self.programs.jobs;
        let market = account.read(program, market::decode).map(Change::Market);
        let run = || account.read(program, run::decode).map(Change::Run);
        let job = || account.read(program, job::decode).map(Change::Job);
        let closed = || self.runs.contains_key(address).then(|| self.of_run(account)).flatten();
        market.or_else(run).or_else(job).or_else(closed)
    }

    fn of_run(&self, account: &Account) -> Option<Change> {
        if account.lamports == 0 {
            return Some(Change::RunGone);
        }
        match lookup(Some(account), &self.programs.jobs, run::decode) {
            Lookup::Gone => Some(Change::RunGone),
            Lookup::Found(run) => Some(Change::Run(run)),
            Lookup::Unreadable => None,
        }
    }

    fn ask(&mut self, target: Target, method: &str, params: &Value) -> String {
        let (id, call) = self.call(method, params);
        self.asked.insert(id, target);
        call
    }

    fn call(&mut self, method: &str, params: &Value) -> (u64, String) {
        self.calls = self.calls.saturating_add(1);
        let call = json!({ "jsonrpc": "2.0", "id": self.calls, "method": method, "params": params });
        (self.calls, call.to_string())
    }
}

fn changed(address: Address, slot: u64, change: Option<Change>) -> Heard {
    change.map_or(Heard::Nothing, |change| Heard::Change(Box::new(Pushed { address, slot, change })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Address = Address::new([5; 32]);

    fn method(call: &str) -> String {
        let call: Value = serde_json::from_str(call).unwrap();
        call.get("method").and_then(Value::as_str).unwrap().to_owned()
    }

    fn opened() -> Subscriptions {
        let mut subscriptions = Subscriptions::new(Programs::MAINNET);
        subscriptions.begin();
        assert_eq!(subscriptions.hear(Message::Subscribed { id: 1, subscription: 70 }), Heard::Open);
        subscriptions
    }

    fn closed(subscription: u64) -> Message {
        let account = Account { lamports: 0, owner: Address::SYSTEM, data: Ok(Vec::new()) };
        Message::Account { subscription, slot: 9, account }
    }

    #[test]
    fn a_run_is_told_of_as_long_as_it_is_wanted() {
        let mut subscriptions = opened();
        let calls = subscriptions.want(&BTreeSet::from([RUN]));
        assert_eq!(calls.iter().map(|call| method(call)).collect::<Vec<_>>(), ["accountSubscribe"]);
        assert!(subscriptions.want(&BTreeSet::from([RUN])).is_empty(), "once is enough");
        assert_eq!(subscriptions.hear(closed(71)), Heard::Nothing, "it was not granted yet");
        subscriptions.hear(Message::Subscribed { id: 2, subscription: 71 });
        let gone = Pushed { address: RUN, slot: 9, change: Change::RunGone };
        assert_eq!(subscriptions.hear(closed(71)), Heard::Change(Box::new(gone)));
        let calls = subscriptions.want(&BTreeSet::new());
        assert_eq!(calls.iter().map(|call| method(call)).collect::<Vec<_>>(), ["accountUnsubscribe"]);
        assert_eq!(subscriptions.hear(closed(71)), Heard::Nothing);
    }

    #[test]
    fn a_run_that_ended_before_it_was_granted_is_given_back() {
        let mut subscriptions = opened();
        subscriptions.want(&BTreeSet::from([RUN]));
        assert!(subscriptions.want(&BTreeSet::new()).is_empty());
        let Heard::Say(call) = subscriptions.hear(Message::Subscribed { id: 2, subscription: 71 }) else {
            panic!("kept for ever");
        };
        assert!(method(&call) == "accountUnsubscribe" && call.contains("71"));
    }

    #[test]
    fn zstd_that_is_refused_is_asked_for_without_and_then_no_more() {
        let mut subscriptions = Subscriptions::new(Programs::MAINNET);
        assert!(subscriptions.begin().contains("base64+zstd"));
        let no = |id| Message::Refused { id: Some(id), code: -32602, message: "no".into() };
        let Heard::Say(again) = subscriptions.hear(no(1)) else { panic!("given up") };
        assert!(again.contains(r#""base64""#));
        assert!(matches!(subscriptions.hear(no(2)), Heard::Refused(why) if why.contains("-32602 no")));
    }

    #[test]
    fn a_refused_run_is_not_asked_for_again() {
        let mut subscriptions = opened();
        subscriptions.want(&BTreeSet::from([RUN]));
        let no = Message::Refused { id: Some(2), code: -32602, message: "too many".into() };
        assert_eq!(subscriptions.hear(no), Heard::Nothing);
        assert!(subscriptions.want(&BTreeSet::from([RUN])).is_empty());
    }

    #[test]
    fn another_programs_account_and_another_subscription_say_nothing() {
        let mut subscriptions = opened();
        let foreign = Account { lamports: 1, owner: Address::SYSTEM, data: Ok(vec![1; 240]) };
        let told = |subscription, account: &Account| Message::Program {
            subscription,
            slot: 9,
            address: RUN,
            account: account.clone(),
        };
        assert_eq!(subscriptions.hear(told(70, &foreign)), Heard::Nothing);
        let mut data = run::DISCRIMINATOR.to_vec();
        data.resize(120, 1);
        let run = Account { lamports: 1, owner: Programs::MAINNET.jobs, data: Ok(data) };
        assert_eq!(subscriptions.hear(told(99, &run)), Heard::Nothing);
        assert!(matches!(subscriptions.hear(told(70, &run)), Heard::Change(_)));
    }
}
