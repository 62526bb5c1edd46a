/** Hooks that measure what is answered, when metrics are on; when they are off there are none. */
import type { FastifyInstance, onRequestHookHandler, onSendHookHandler, RouteShorthandOptions } from 'fastify'
import type { Area, Metrics } from '../metrics.ts'
import { monotonicMs } from '../time.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head had been read, by the clock that never jumps. */
    beganMs?: number
  }
}

/** Counts the answers of the routes that are registered on `server` from here on. */
export function countAnswers(server: FastifyInstance, metrics: Metrics | undefined, area: Area): void {
  if (metrics === undefined) return
  server.addHook('onSend', (_request, reply, _payload, done) => {
    metrics.countAnswer(area, reply.statusCode)
    done()
  })
}

/** Options of routes whose answers are timed. `path` is in the framework's spelling. */
export function timed(
  metrics: Metrics | undefined,
  path: string,
): Pick<RouteShorthandOptions, 'onRequest' | 'onSend'> {
  if (metrics === undefined) return {}
  const note = metrics.answerTimes(path.replace(/:(\w+)/g, '{$1}'))
  const onRequest: onRequestHookHandler = (request, _reply, done) => {
    request.beganMs = monotonicMs()
    done()
  }
  const onSend: onSendHookHandler = (request, reply, _payload, done) => {
    note(reply.statusCode, monotonicMs() - (request.beganMs ?? 0))
    done()
  }
  return { onRequest, onSend }
}
