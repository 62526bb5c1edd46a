// ENCODING is `http` for JSON or `proto` for protocol buffers, as the exporters are called.
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${process.env.ENCODING}`)
const exporter = new OTLPTraceExporter({
  url: process.env.URL,
  headers: { 'x-sentry-auth': `sentry sentry_key=${process.env.KEY}` },
})
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
provider.register()

const SERVER = 1
const ERROR = 2
const tracer = provider.getTracer('shop', '1.2.3')
tracer.startActiveSpan(
  'GET /basket',
  { kind: SERVER, attributes: { 'http.route': '/basket' } },
  (request) => {
    tracer.startActiveSpan(
      'select basket',
      { attributes: { rows: 7, ratio: 0.5, cached: false } },
      (query) => {
        query.setStatus({ code: ERROR, message: 'The table is gone' })
        query.end()
      },
    )
    request.end()
  },
)
await provider.shutdown()
