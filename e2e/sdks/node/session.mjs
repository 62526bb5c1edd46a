import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN, release: 'shop@1.2.3' })
Sentry.startSession()
Sentry.captureSession()
Sentry.endSession()
await Sentry.flush(2000)
