import * as Sentry from '@sentry/node'

Sentry.init({ dsn: process.env.DSN })
Sentry.logger.info('Basket opened', { basket: 7 })
Sentry.logger.warn('Basket is large', { basket: 7 })
Sentry.logger.error('Basket was lost', { basket: 7 })
await Sentry.flush(2000)
