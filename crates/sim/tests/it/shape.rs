//! Compares two JSON values by keys and types, not by values.

use serde_json::Value;

/// Fails with the path where the made value differs in shape from the recorded one.
pub(crate) fn same(made: &Value, recorded: &Value) {
    compare("", made, recorded);
}

fn compare(path: &str, made: &Value, recorded: &Value) {
    match (made, recorded) {
        (Value::Object(made), Value::Object(recorded)) => {
            let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            let (mut left, mut right) = (names(made), names(recorded));
            left.sort();
            right.sort();
            assert_eq!(left, right, "keys at {path}");
            for (name, value) in made {
                compare(&format!("{path}/{name}"), value, &recorded[name]);
            }
        }
        (Value::Array(made), Value::Array(recorded)) => {
            for (index, value) in made.iter().enumerate() {
                // A longer list is like its last recorded entry.
                if let Some(like) = recorded.get(index).or(recorded.last()) {
                    compare(&format!("{path}/{index}"), value, like);
                }
            }
        }
        _ => assert_eq!(kind(made), kind(recorded), "type at {path}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
