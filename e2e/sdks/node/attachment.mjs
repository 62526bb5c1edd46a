import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
Sentry.withScope((scope) => {
  scope.addAttachment({ filename: 'basket.json', data: '{"items":[]}', contentType: 'application/json' })
  Sentry.captureException(new Error('The basket is empty'))
})
await Sentry.flush(2000)
