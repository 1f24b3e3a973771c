use super::*;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn sound(latency_ms: u64) -> Health {
    Health::default().good(1, Duration::from_millis(latency_ms), at(0))
}

fn order(healths: &[Health], trial: bool, now: i64) -> Vec<usize> {
    turns(healths, trial, at(now)).into_iter().map(|turn| turn.index).collect()
}

#[test]
fn untried_endpoints_are_asked_in_the_order_of_the_configuration() {
    assert_eq!(order(&[Health::default(); 3], true, 0), [0, 1, 2]);
    assert_eq!(Health::default().standing(at(0)), Standing::Untried);
}

#[test]
fn a_throttled_endpoint_is_not_asked_before_its_time() {
    let throttled = sound(10).bad(Why::RpcThrottled, Some(Duration::from_secs(20)), at(100));
    assert_eq!(throttled.standing(at(119)), Standing::Resting(at(120)));
    assert_eq!(order(&[throttled, sound(10)], true, 119), [1]);
    assert!(order(&[throttled], true, 119).is_empty(), "not even where it is the only one");
    assert_eq!(order(&[throttled, sound(10)], true, 120), [0, 1], "then it is tried");
    let unsaid = sound(10).bad(Why::RpcThrottled, None, at(0)).bad(Why::RpcThrottled, None, at(2));
    assert_eq!(unsaid.standing(at(2)), Standing::Resting(at(6)), "longer each time it does not say how long");
    let zero = sound(10).bad(Why::RpcThrottled, Some(Duration::ZERO), at(0));
    assert_eq!(zero.standing(at(0)), Standing::Resting(at(1)));
}

#[test]
fn a_demoted_endpoint_is_a_last_resort_until_its_trial_and_trials_become_rare() {
    let stale = sound(10).bad(Why::RpcStale, None, at(0));
    assert_eq!(stale.standing(at(1)), Standing::Demoted(at(15)));
    let last = turns(&[stale, sound(10)], true, at(14));
    assert_eq!(last, [Turn { index: 1, last_resort: false }, Turn { index: 0, last_resort: true }]);
    let trial = turns(&[stale, sound(10)], true, at(15));
    assert_eq!(trial.first(), Some(&Turn { index: 0, last_resort: false }));
    assert_eq!(
        order(&[stale, sound(10)], false, 15),
        [1, 0],
        "only a scan can tell whether it is whole again"
    );
    let twice = stale.bad(Why::RpcStale, None, at(15));
    assert_eq!(twice.standing(at(16)), Standing::Demoted(at(45)));
    let often = (0..40).fold(stale, |health, _| health.bad(Why::RpcStale, None, at(0)));
    assert_eq!(often.standing(at(0)), Standing::Demoted(at(600)), "never rarer than every ten minutes");
}

#[test]
fn one_trial_a_scan() {
    let dead = sound(10).bad(Why::RpcTimeout, None, at(0));
    let longer = sound(10).bad(Why::RpcTimeout, None, at(-5));
    assert_eq!(order(&[dead, longer, sound(10)], true, 60), [1, 2, 0]);
    assert_eq!(dead.standing(at(60)), Standing::Failing(at(15)));
}

#[test]
fn recent_faults_weigh_more_than_speed_and_are_forgotten() {
    let back = sound(10).bad(Why::RpcTimeout, None, at(0)).good(2, Duration::from_millis(10), at(20));
    assert_eq!(back.standing(at(21)), Standing::Sound);
    assert_eq!(order(&[back, sound(900)], true, 21), [1, 0]);
    assert_eq!(order(&[back, sound(900)], true, 301), [0, 1]);
}

#[test]
fn speed_decides_between_equals_only_where_it_is_felt() {
    assert_eq!(order(&[sound(240), sound(10)], true, 0), [0, 1]);
    assert_eq!(order(&[sound(600), sound(10)], true, 0), [1, 0]);
}
