/** The only place that makes loggers: one JSON line per record on standard error. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  /** `cause` is unrolled into its chain of messages; stacks go with it. */
  error(message: string, cause?: unknown, fields?: Record<string, unknown>): void
}

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** A logger whose records carry `name`. Records below `level` are not written. */
export function makeLog(
  name: string,
  level: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  function record(at: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
    if (ranks[at] < ranks[level]) return
    write(`${JSON.stringify({ time: new Date().toISOString(), level: at, name, message, ...fields })}\n`)
  }
  return {
    debug: (message, fields) => record('debug', message, fields),
    info: (message, fields) => record('info', message, fields),
    warn: (message, fields) => record('warn', message, fields),
    error: (message, cause, fields) => record('error', message, { ...fields, ...describeCause(cause) }),
  }
}

function describeCause(cause: unknown): Record<string, unknown> {
  if (cause === undefined) return {}
  if (!(cause instanceof Error)) return { error: String(cause) }
  const inner = describeCause(cause.cause)
  return { error: cause.message, stack: cause.stack, ...(inner.error ? { cause: inner } : {}) }
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
