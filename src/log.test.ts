import { expect, test } from 'vitest'
import { type LogLevel, makeLog } from './log.ts'

/** What a log of this level has written, without the times. */
function written(level: LogLevel, use: (log: ReturnType<typeof makeLog>) => void): unknown[] {
  const lines: string[] = []
  use(makeLog('vedette', level, (line) => void lines.push(line)))
  return lines.map((line) => {
    expect(line).toMatch(/^\{[^\n]*\}\n$/)
    const { time, ...record } = JSON.parse(line)
    expect(new Date(time).toISOString()).toBe(time)
    return record
  })
}

test('a record is one line of JSON with its level, name, message and fields', () => {
  expect(written('info', (log) => log.info('Two\nlines', { signal: 'SIGTERM' }))).toEqual([
    { level: 'info', name: 'vedette', message: 'Two\nlines', signal: 'SIGTERM' },
  ])
})

test.each([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
] as const)('level %s writes %j', (level, expected) => {
  const records = written(level, (log) => {
    log.debug('debug')
    log.info('info')
    log.warn('warn')
    log.error('error')
  })
  expect(records).toEqual(expected.map((at) => ({ level: at, name: 'vedette', message: at })))
})

test('an error is unrolled into its chain of causes', () => {
  const root = new Error('disk full')
  const middle = new Error('could not commit', { cause: root })
  const [record] = written('info', (log) => log.error('The job failed', middle, { job: 'retention' }))
  expect(record).toEqual({
    level: 'error',
    name: 'vedette',
    message: 'The job failed',
    job: 'retention',
    error: 'could not commit',
    stack: middle.stack,
    cause: { error: 'disk full', stack: root.stack },
  })
})

test('what was thrown may be anything', () => {
  expect(written('info', (log) => log.error('The job failed', 'just text'))).toEqual([
    { level: 'error', name: 'vedette', message: 'The job failed', error: 'just text' },
  ])
})
