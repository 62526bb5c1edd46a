import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
const checkInId = Sentry.captureCheckIn({ monitorSlug: 'nightly-import', status: 'in_progress' })
Sentry.captureCheckIn({ checkInId, monitorSlug: 'nightly-import', status: 'ok', duration: 2 })
await Sentry.flush(2000)
