/** Without an SDK: curl, OpenTelemetry, and what browsers report by themselves. */
import { firstEvent, type Guide, type GuideKey, install, shell, snippet, step } from './guide.ts'

/** `http://host/api/42`, taken from an address that is below it. */
function apiOf({ dsn }: GuideKey): string {
  return dsn.security.replace(/\/security\/\?.*$/, '')
}

export const curl: Guide = {
  id: 'curl',
  name: 'curl',
  place: 'machine',
  steps: (key) => [
    firstEvent(
      'One event as JSON. Everything in it is optional; without an id it gets one, which is in the answer.',
      shell(`
        curl '${apiOf(key)}/store/' \\
          --header 'X-Sentry-Auth: Sentry sentry_version=7, sentry_key=${key.public}' \\
          --header 'Content-Type: application/json' \\
          --data '{
            "message": "First event by curl",
            "level": "info",
            "platform": "other",
            "release": "shop@1.2.3",
            "tags": {"shell": "sh"}
          }'
        `),
    ),
    step(
      'Or as an envelope',
      'What SDKs send: a line for the envelope, then two lines for each item.',
      shell(`
        printf '%s\\n' \\
          '{}' \\
          '{"type":"event"}' \\
          '{"message":"First envelope by curl","level":"warning","platform":"other"}' |
          curl '${apiOf(key)}/envelope/?sentry_key=${key.public}' --data-binary @-
        `),
    ),
  ],
}

export const openTelemetry: Guide = {
  id: 'opentelemetry',
  name: 'OpenTelemetry',
  place: 'machine',
  steps: ({ dsn, public: publicKey }) => [
    step(
      'Point the exporters here',
      'Every OpenTelemetry SDK and agent reads these. Traces and logs are taken, metrics are not.',
      shell(`
        export OTEL_EXPORTER_OTLP_PROTOCOL='http/protobuf'
        export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT='${dsn.otlp_traces}'
        export OTEL_EXPORTER_OTLP_LOGS_ENDPOINT='${dsn.otlp_logs}'
        export OTEL_EXPORTER_OTLP_HEADERS='x-sentry-auth=sentry%20sentry_key%3D${publicKey}'
        export OTEL_METRICS_EXPORTER='none'
        export OTEL_SERVICE_NAME='shop'
        `),
    ),
    install(
      'For JavaScript, as an example.',
      shell(
        'npm install @opentelemetry/resources @opentelemetry/sdk-trace-node @opentelemetry/sdk-logs @opentelemetry/exporter-trace-otlp-proto @opentelemetry/exporter-logs-otlp-proto',
      ),
    ),
    step(
      'Send a first span and a first log record',
      'In the shell with the variables above: `node telemetry.mjs`.',
      snippet(
        'javascript',
        `
        import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
        import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
        import { detectResources, envDetector } from "@opentelemetry/resources";
        import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
        import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

        const resource = detectResources({ detectors: [envDetector] });
        const traces = new NodeTracerProvider({
          resource,
          spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
        });
        const logs = new LoggerProvider({
          resource,
          processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
        });

        traces.getTracer("shop").startSpan("First span by OpenTelemetry").end();
        logs.getLogger("shop").emit({ severityNumber: 9, body: "First log record by OpenTelemetry" });

        await Promise.all([traces.shutdown(), logs.shutdown()]);
        `,
        'telemetry.mjs',
      ),
    ),
    step(
      'Or by the Collector',
      'Add the exporter to the pipelines of traces and of logs.',
      snippet(
        'yaml',
        `
        exporters:
          otlphttp/vedette:
            traces_endpoint: ${dsn.otlp_traces}
            logs_endpoint: ${dsn.otlp_logs}
            headers:
              x-sentry-auth: sentry sentry_key=${publicKey}
        `,
        'collector.yaml',
      ),
    ),
  ],
}

export const browserReports: Guide = {
  id: 'browser-reports',
  name: 'CSP and network reports',
  place: 'browser',
  steps: ({ dsn }) => [
    step(
      'Report violations of the content security policy',
      'Browsers send them without an SDK. `Report-Only` blocks nothing: leave it out when the reports are as you want them.',
      snippet('http', `Content-Security-Policy-Report-Only: default-src 'self'; report-uri ${dsn.csp}`),
    ),
    step(
      'Report requests that fail',
      'Network Error Logging. Browsers keep to it only between sites that are served over https.',
      snippet(
        'http',
        `
        Report-To: {"group":"vedette","max_age":2592000,"endpoints":[{"url":"${dsn.nel}"}]}
        NEL: {"report_to":"vedette","max_age":2592000}
        `,
      ),
    ),
    firstEvent(
      'With the policy above, a page with this image is reported. Pages on `localhost` are not: their reports are filtered.',
      snippet('html', '<img src="https://other.example/pixel.gif" alt="">'),
    ),
  ],
}

export const httpGuides: readonly Guide[] = [curl, openTelemetry, browserReports]
