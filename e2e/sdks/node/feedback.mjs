import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
Sentry.captureFeedback({ name: 'Ada', email: 'ada@example.net', message: 'The button does nothing' })
await Sentry.flush(2000)
