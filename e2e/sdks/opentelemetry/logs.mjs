// ENCODING is `http` for JSON or `proto` for protocol buffers, as the exporters are called.
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'

const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${process.env.ENCODING}`)
const exporter = new OTLPLogExporter({
  url: process.env.URL,
  headers: { 'x-sentry-auth': `sentry sentry_key=${process.env.KEY}` },
})
const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] })

const INFO = 9
const WARN = 13
const logger = provider.getLogger('shop', '1.2.3')
logger.emit({ severityNumber: INFO, severityText: 'INFO', body: 'Basket opened', attributes: { basket: 7 } })
logger.emit({ severityNumber: WARN, body: { basket: 7, items: ['lamp', 'chair'] } })
logger.emit({ body: 'Basket closed', eventName: 'basket.closed' })
await provider.shutdown()
