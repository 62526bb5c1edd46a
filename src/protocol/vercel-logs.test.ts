import { expect, test } from 'vitest'
import { isFate } from './outcome.ts'
import { readVercelLogs } from './vercel-logs.ts'

const entry = {
  id: '1573817187330377061717300000',
  deploymentId: 'dpl_1',
  source: 'lambda',
  timestamp: 1767605400123,
  message: 'The basket is empty',
  level: 'warning',
  type: 'stderr',
  traceId: '5b8efff798038103d269b633813fc60c',
  proxy: { statusCode: 500, path: '/basket' },
  environment: null,
}

function read(body: string, format: 'json' | 'ndjson') {
  const items = readVercelLogs(Buffer.from(body), format)
  if (isFate(items)) return items
  return items.map(({ header, payload }) => ({
    header,
    elements: JSON.parse(Buffer.from(payload).toString()).items,
  }))
}

test('makes a log of each entry, its other fields as attributes', () => {
  const string = (value: string) => ({ type: 'string', value })
  expect(read(JSON.stringify([entry]), 'json')).toEqual([
    {
      header: { type: 'log', content_type: 'application/vnd.sentry.items.log+json', item_count: 1 },
      elements: [
        {
          timestamp: 1767605400.123,
          trace_id: entry.traceId,
          level: 'warn',
          body: 'The basket is empty',
          attributes: {
            'vercel.id': string(entry.id),
            'vercel.deploymentId': string('dpl_1'),
            'vercel.source': string('lambda'),
            'vercel.log_type': string('stderr'),
            'vercel.proxy.statusCode': { type: 'integer', value: 500 },
            'vercel.proxy.path': string('/basket'),
            'sentry.origin': string('auto.log_drain.vercel'),
          },
        },
      ],
    },
  ])
})

test('lines of JSON are entries too, and empty lines are none', () => {
  const lines = `${JSON.stringify(entry)}\n\n${JSON.stringify({ ...entry, level: undefined })}\n`
  const [container] = read(lines, 'ndjson') as { elements: { level: string }[] }[]
  expect(container?.elements.map(({ level }) => level)).toEqual(['warn', 'error'])
})

test.each([
  ['nope', 'json'],
  ['[1]', 'json'],
  ['{}\nnope', 'ndjson'],
] as const)('%j as %s is invalid', (body, format) => {
  expect(read(body, format)).toEqual({ outcome: 'invalid', reason: 'invalid_json' })
})

test('an empty list makes nothing', () => {
  expect(read('[]', 'json')).toEqual([])
})
