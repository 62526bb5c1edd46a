import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN, environment: 'staging', release: 'shop@1.2.3' })

function checkout() {
  throw new RangeError('The basket is empty')
}

try {
  checkout()
} catch (error) {
  Sentry.captureException(error)
}
await Sentry.flush(2000)
