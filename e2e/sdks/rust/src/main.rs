//! Reads SENTRY_DSN by itself.

fn main() {
    let options = sentry::ClientOptions::new().environment("staging").release("shop@1.2.3");
    let client = sentry::init(options);
    let error = "".parse::<u16>().expect_err("nothing is no number");
    sentry::capture_error(&error);
    assert!(client.flush(Some(std::time::Duration::from_secs(10))));
}
