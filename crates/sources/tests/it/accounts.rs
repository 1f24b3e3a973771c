//! Every account that the network's own encoders made decodes to what they were given; every malformed one is refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{address::Address, job::JobState, market::QueueKind, stake::xnos};
use serde_json::Value;
use sources::solana::{job, layout::LayoutError, market, run, stake};

/// One account of the fixture, in one of its forms: bare, with its tail on chain, with stale bytes in it.
pub struct Fixture {
    pub kind: String,
    pub name: String,
    pub data: Vec<u8>,
    expected: Value,
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../../fixtures/nosana/accounts.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

pub fn valid() -> Vec<Fixture> {
    let fixture = fixture();
    let accounts = fixture["accounts"].as_array().unwrap();
    let forms = |account: &Value| {
        let of = |form: &str| {
            account.get(form).map(|data| Fixture {
                kind: account["type"].as_str().unwrap().into(),
                name: format!("{} {form}", account["name"].as_str().unwrap()),
                data: bytes(data),
                expected: account["expected"].clone(),
            })
        };
        ["base64", "base64OnChain", "base64DirtyTail"].into_iter().filter_map(of).collect::<Vec<_>>()
    };
    accounts.iter().flat_map(forms).collect()
}

pub fn of_kind(kind: &str) -> Vec<Fixture> {
    let found: Vec<Fixture> = valid().into_iter().filter(|fixture| fixture.kind == kind).collect();
    assert!(found.len() > 3, "{} forms of {kind}", found.len());
    found
}

impl Fixture {
    /// A number, which the fixture writes as a text where JavaScript would round it.
    fn number(&self, field: &str) -> i128 {
        match &self.expected[field] {
            Value::String(text) => text.parse().unwrap(),
            Value::Number(number) => number.as_i64().unwrap().into(),
            other => panic!("{}: {field} is {other}", self.name),
        }
    }

    fn maybe(&self, field: &str) -> Option<i128> {
        (!self.expected[field].is_null()).then(|| self.number(field))
    }

    fn address(&self, field: &str) -> Address {
        self.expected[field].as_str().unwrap().parse().unwrap()
    }

    fn hex(&self, field: &str) -> String {
        self.expected[field].as_str().unwrap().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn markets_decode() {
    for fixture in of_kind("MarketAccount") {
        let market = market::decode(&fixture.data).unwrap();
        let numbers: [i128; 7] = [
            market.job_expiration.into(),
            market.price.into(),
            market.timeout.into(),
            market.job_type.into(),
            market.xnos_minimum.try_into().unwrap(),
            market.queue.len().try_into().unwrap(),
            i128::from(market.price) * 3600,
        ];
        let fields = [
            "jobExpiration",
            "jobPrice",
            "jobTimeout",
            "jobType",
            "nodeXnosMinimum",
            "queueLength",
            "pricePerHourNosMicro",
        ];
        assert_eq!(numbers, fields.map(|field| fixture.number(field)), "{}", fixture.name);
        assert_eq!(market.authority, fixture.address("authority"));
        assert_eq!(market.access_key, fixture.address("nodeAccessKey"));
        let kind = QueueKind::from_byte(fixture.number("queueType").try_into().unwrap());
        let word = fixture.expected["queueTypeName"].as_str().unwrap().to_lowercase();
        assert_eq!((market.queue_kind, market.queue_kind.word()), (kind, word.as_str()));
        let queue: Vec<Address> = serde_json::from_value(fixture.expected["queue"].clone()).unwrap();
        assert_eq!(market.queue, queue, "{}", fixture.name);
    }
}

#[test]
fn jobs_decode_and_are_paid_what_the_network_pays() {
    for fixture in of_kind("JobAccount") {
        let job = job::decode(&fixture.data).unwrap();
        let numbers: [i128; 4] =
            [job.price.into(), job.time_end.into(), job.time_start.into(), job.timeout.into()];
        let fields = ["price", "timeEnd", "timeStart", "timeout"];
        assert_eq!(numbers, fields.map(|field| fixture.number(field)), "{}", fixture.name);
        assert_eq!(
            [job.market, job.node, job.payer, job.project],
            ["market", "node", "payer", "project"].map(|field| fixture.address(field))
        );
        assert_eq!(hex(&job.ipfs_job), fixture.hex("ipfsJob"));
        assert_eq!(hex(&job.ipfs_result), fixture.hex("ipfsResult"));
        assert_eq!(job.has_result(), !fixture.expected["ipfsResultCid"].is_null());
        assert_eq!(job.state, JobState::from_byte(fixture.number("state").try_into().unwrap()));
        assert_eq!(job.paid_seconds().map(i128::from), fixture.maybe("paidSeconds"));
        assert_eq!(job.payout().map(i128::from), fixture.maybe("payoutNosMicro"));
        assert_eq!(job.deposit().map(i128::from), fixture.maybe("depositNosMicro"));
    }
}

#[test]
fn runs_decode() {
    for fixture in of_kind("RunAccount") {
        let run = run::decode(&fixture.data).unwrap();
        assert_eq!([run.job, run.node], ["job", "node"].map(|field| fixture.address(field)));
        assert_eq!(i128::from(run.time), fixture.number("time"), "{}", fixture.name);
    }
}

#[test]
fn stakes_decode() {
    for fixture in of_kind("StakeAccount") {
        let stake = stake::decode(&fixture.data).unwrap();
        let numbers: [i128; 4] = [
            stake.amount.into(),
            stake.duration.into(),
            stake.time_unstake.into(),
            stake.xnos.try_into().unwrap(),
        ];
        let fields = ["amount", "duration", "timeUnstake", "xnos"];
        assert_eq!(numbers, fields.map(|field| fixture.number(field)), "{}", fixture.name);
        assert_eq!(stake.authority, fixture.address("authority"));
        assert_eq!(Some(stake.xnos), xnos(stake.amount, stake.duration, stake.time_unstake));
    }
}

#[test]
fn malformed_accounts_are_refused_with_their_reason() {
    let fixture = fixture();
    let negative = |name: &str| {
        let all = fixture["negative"].as_array().unwrap();
        bytes(&all.iter().find(|one| one["name"] == name).unwrap()["base64"])
    };
    assert_eq!(fixture["negative"].as_array().unwrap().len(), 4);
    let all = |data: &[u8]| {
        [
            market::decode(data).err(),
            run::decode(data).err(),
            job::decode(data).err(),
            stake::decode(data).err(),
        ]
    };
    assert_eq!(all(&negative("empty")), [Some(LayoutError::Closed); 4]);
    assert_eq!(all(&negative("unknown-discriminator")), [Some(LayoutError::OtherKind); 4]);
    assert_eq!(run::decode(&negative("run-one-byte-short")), Err(LayoutError::Short { length: 112 }));
    assert_eq!(
        market::decode(&negative("market-queue-length-u32max")),
        Err(LayoutError::QueueTooLong { length: u32::MAX })
    );
}

#[test]
fn a_queue_beyond_the_data_is_refused() {
    let full =
        of_kind("MarketAccount").into_iter().find(|one| one.name == "node-queue-full-314 base64").unwrap();
    assert_eq!(market::decode(&full.data).map(|market| market.queue.len()), Ok(314));
    let short = &full.data[..full.data.len() - 1];
    assert_eq!(market::decode(short), Err(LayoutError::Short { length: 10_198 }));
    let mut long = full.data.clone();
    long[147..151].copy_from_slice(&315_u32.to_le_bytes());
    long.extend([0; 64]);
    assert_eq!(market::decode(&long), Err(LayoutError::QueueTooLong { length: 315 }));
}

#[test]
fn one_kind_is_not_read_as_another() {
    for fixture in valid() {
        let read = [
            market::decode(&fixture.data).is_ok(),
            job::decode(&fixture.data).is_ok(),
            run::decode(&fixture.data).is_ok(),
            stake::decode(&fixture.data).is_ok(),
        ];
        assert_eq!(read.iter().filter(|read| **read).count(), 1, "{}", fixture.name);
    }
}
