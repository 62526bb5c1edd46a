import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
for (const order of [1, 2, 3, 4, 5]) {
  Sentry.captureMessage(`Order ${order} was lost`)
  // One at a time, so that each answer is heard before the next event.
  await Sentry.flush(2000)
}
