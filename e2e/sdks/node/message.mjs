import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
Sentry.captureMessage('The nightly import took 40 minutes', 'warning')
await Sentry.flush(2000)
