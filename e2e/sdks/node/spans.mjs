import * as Sentry from '@sentry/node'

// Version 11 streams spans unless told otherwise; transaction.mjs is the older way.
Sentry.init({ dsn: process.env.DSN, tracesSampleRate: 1 })
Sentry.startSpan({ name: 'GET /basket', op: 'http.server' }, () => {
  Sentry.startSpan({ name: 'select basket', op: 'db' }, () => {})
})
await Sentry.flush(2000)
