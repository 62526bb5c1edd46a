import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN, beforeSend: () => null })
Sentry.captureException(new Error('Nobody will hear of this'))
// The SDK sends its report when the process has nothing else to do.
await Sentry.flush(2000)
