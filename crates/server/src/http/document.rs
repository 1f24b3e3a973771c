//! The OpenAPI document: what the routes say, with what every one of them has in common.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

/// What stands above all routes.
#[derive(OpenApi)]
#[openapi(
    info(title = "Wakeful", description = "Watches Nosana nodes. Every error is application/problem+json."),
    modifiers(&Credentials),
)]
pub struct Document;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "wakeful",
            "An opaque session cookie; changing requests also need X-Wakeful: 1 and an Origin of this host.",
        ));
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "A token of POST /api/auth/login, or an API token (wkf_…), which is not good for sessions."
                .to_owned(),
        );
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const PROBLEM_SCHEMA: &str = "#/components/schemas/Problem";

/// Adds the errors that every route of a kind can answer, and names the type of all of them.
pub fn finish(mut openapi: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for path in openapi.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        for operation in operations.into_iter().flatten() {
            add_errors(operation);
            name_problems(operation);
        }
    }
    openapi
}

fn add_errors(operation: &mut Operation) {
    let mut errors = vec![("500", "Something failed on our side")];
    if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
        errors.push(("400", "The address of the request cannot be used; `field` names the parameter"));
    }
    if operation.request_body.is_some() {
        errors.push(("400", "The body is no JSON"));
        errors.push(("413", "The body is too large"));
        errors.push(("415", "The body is not declared as JSON"));
        errors.push(("422", "The body's values cannot be used; `field` names which"));
    }
    if operation.security.is_some() {
        errors.push(("401", "Not signed in, or the session has ended"));
        errors.push(("409", "The browser is signed in as somebody else than the page believes"));
        errors.push(("503", "We could not look just now: nothing is decided"));
    }
    for (status, description) in errors {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    }
}

fn problem(description: &str) -> Response {
    let mut response = Response::new(description);
    response.content.insert(JSON.to_owned(), RefOr::T(Content::new(Some(Ref::new(PROBLEM_SCHEMA)))));
    response
}

/// Whatever carries a problem is `application/problem+json`.
fn name_problems(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        let carries = response.content.get(JSON).is_some_and(|content| match content {
            RefOr::T(content) => {
                matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location == PROBLEM_SCHEMA)
            }
            RefOr::Ref(_) => false,
        });
        if carries && let Some(content) = response.content.shift_remove(JSON) {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}
