import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN, tracesSampleRate: 1, traceLifecycle: 'static' })
Sentry.startSpan({ name: 'GET /basket', op: 'http.server' }, () => {
  Sentry.startSpan({ name: 'select basket', op: 'db' }, () => {})
})
await Sentry.flush(2000)
