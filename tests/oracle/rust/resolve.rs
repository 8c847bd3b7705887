//! Resolves the default chain of the AWS SDK for Rust once; see tests/oracle/harness.py for what it prints.
//!
//! It does so as every program does, on the way to a call (sts:GetCallerIdentity), because some limits of time are not
//! in the chain but around it. The call itself is never sent.

use std::error::Error;
use std::sync::Mutex;
use std::time::Instant;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sts::config::{Builder, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;

static HINT: Mutex<Option<String>> = Mutex::new(None);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let start = Instant::now();
    let failure = resolve().await;
    let seconds = start.elapsed().as_secs_f64();
    let (outcome, key, text) = match (HINT.lock().unwrap().take(), failure) {
        (Some(hint), _) => ("credentials", "access_key_hint", hint),
        (None, Some(failure)) => told(failure.as_ref()),
        (None, None) => ("error", "error", "the call was sent".to_owned()),
    };
    println!(
        r#"{{"sdk":"rust","version":"{}","outcome":"{outcome}","{key}":{},"seconds":{seconds}}}"#,
        env!("CARGO_PKG_VERSION"),
        quoted(&text),
    );
}

async fn resolve() -> Option<Box<dyn Error>> {
    let loaded = aws_config::load_defaults(BehaviorVersion::latest()).await;
    // A region, so that a program without one gets as far as the keys; the chain has its own.
    let config = Builder::from(&loaded)
        .region(Region::new("us-east-1"))
        .interceptor(NeverSent)
        .build();
    let called = aws_sdk_sts::Client::from_conf(config)
        .get_caller_identity()
        .send()
        .await;
    called.err().map(Into::into)
}

/// Reads the key id out of the signature and ends the call.
#[derive(Debug)]
struct NeverSent;

impl Intercept for NeverSent {
    fn name(&self) -> &'static str {
        "NeverSent"
    }

    fn read_after_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let signature = context
            .request()
            .headers()
            .get("authorization")
            .unwrap_or_default();
        let (_, scope) = signature.split_once("Credential=").unwrap_or_default();
        let (key_id, _) = scope.split_once('/').unwrap_or_default();
        *HINT.lock().unwrap() = Some(format!("…{}", &key_id[key_id.len().saturating_sub(4)..]));
        Err("not to be sent".into())
    }
}

/// What the chain said, without what the call put around it; all of it where a limit of time cut the chain off.
fn told(failure: &dyn Error) -> (&'static str, &'static str, String) {
    let causes: Vec<_> = std::iter::successors(failure.source(), |&cause| cause.source()).collect();
    let from_chain = causes
        .iter()
        .position(|cause| cause.is::<CredentialsError>());
    let nothing = from_chain
        .and_then(|first| causes[first].downcast_ref())
        .is_some_and(is_nothing);
    let texts: Vec<_> = causes[from_chain.unwrap_or(0)..]
        .iter()
        .map(ToString::to_string)
        .collect();
    (
        if nothing { "none" } else { "error" },
        "error",
        texts.join(": "),
    )
}

fn is_nothing(error: &CredentialsError) -> bool {
    matches!(error, CredentialsError::CredentialsNotLoaded(_))
}

fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let escaped = line.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace(char::is_control, " "))
}
