/** Reads SENTRY_DSN by itself. */
import io.sentry.Sentry;

class Checkout {
  public static void main(String[] arguments) {
    Sentry.init(
        options -> {
          options.setEnableExternalConfiguration(true);
          options.setEnvironment("staging");
          options.setRelease("shop@1.2.3");
        });
    Sentry.captureException(new IllegalStateException("The basket is empty"));
    Sentry.flush(10_000);
    Sentry.close();
  }
}
