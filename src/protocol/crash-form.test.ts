import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventIdOfForm, eventOfForm } from './crash-form.ts'
import { isFate } from './outcome.ts'

type Fields = readonly (readonly [name: string, value: string])[]

function fieldsOf(fields: Fields) {
  return fields.map(([name, value]) => ({ name, value }))
}

function eventOf(...fields: Fields): unknown {
  const made = eventOfForm(fieldsOf(fields))
  return isFate(made) ? made : made.event
}

const deep = (depth: number) => `sentry${'[a]'.repeat(depth)}`

describe('the fields of a form make an event', () => {
  const table: [title: string, fields: Fields, event: unknown][] = [
    ['none', [], {}],
    ['as JSON', [['sentry', '{"release":"lamp@1"}']], { release: 'lamp@1' }],
    [
      'as JSON in several namespaces',
      [
        ['sentry', '{"release":"lamp@1","tags":{"a":"1"}}'],
        ['sentry___global', '{"release":"other","environment":"cellar","tags":{"a":"2","b":"3"}}'],
      ],
      { release: 'lamp@1', tags: { a: '1', b: '3' }, environment: 'cellar' },
    ],
    [
      'as JSON in parts, in the order of their numbers, with gaps',
      [
        ['sentry__10', '"lamp@1"}'],
        ['sentry__2', 'ase":'],
        ['sentry__1', '{"rele'],
      ],
      { release: 'lamp@1' },
    ],
    [
      'as paths',
      [
        ['sentry[release]', 'lamp@1'],
        ['sentry[tags][room]', 'cellar'],
        ['sentry[tags][floor]', '0'],
        ['sentry[user][id]', '7'],
      ],
      { release: 'lamp@1', tags: { room: 'cellar', floor: '0' }, user: { id: '7' } },
    ],
    ['seven deep', [[deep(7), 'x']], { a: { a: { a: { a: { a: { a: { a: 'x' } } } } } } }],
    [
      'as what is not of Sentry',
      [
        ['guid', 'abc'],
        ['prod', 'Lamp'],
        ['sentry_key', 'x'],
        ['sentry[open', 'x'],
        ['', 'empty'],
      ],
      { extra: { guid: 'abc', prod: 'Lamp', sentry_key: 'x', 'sentry[open': 'x', '': 'empty' } },
    ],
    [
      'where the first to say something is right',
      [
        ['sentry', '{"extra":{"guid":"1"},"tags":"none","user":null}'],
        ['guid', '2'],
        ['sentry[tags][room]', 'cellar'],
        ['sentry[user][id]', '7'],
        ['sentry[user][id]', '8'],
      ],
      { extra: { guid: '1' }, tags: 'none', user: { id: '7' } },
    ],
    ['without what is no JSON', [['sentry', '{{{{']], {}],
    [
      'without what is no object',
      [
        ['sentry', '[1]'],
        ['sentry___a', '7'],
        ['sentry__1', 'null'],
      ],
      {},
    ],
    [
      'with names that objects are made of, harmlessly',
      [
        ['sentry[__proto__][polluted]', 'yes'],
        ['sentry___a', '{"constructor":{"prototype":{"polluted":"yes"}}}'],
        ['__proto__', 'yes'],
      ],
      JSON.parse(
        '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"extra":{"__proto__":"yes"}}',
      ),
    ],
  ]
  test.each(table)('%s', (_, fields, event) => {
    expect(JSON.stringify(eventOf(...fields))).toBe(JSON.stringify(event))
    expect({}).not.toHaveProperty('polluted')
  })

  test('which may have a field of any name', () => {
    expect(eventOf(['sentry', '{"outcome":"accepted"}'])).toEqual({ outcome: 'accepted' })
  })

  test.each([101, 50_000])('but not one that is %d deep', (depth) => {
    expect(eventOf(['sentry', '{}'], [deep(depth), 'x'])).toEqual({
      outcome: 'invalid',
      reason: 'invalid_json',
    })
  })

  test('whatever is in them', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('sentry', 'sentry___x', 'sentry__1', 'sentry__2', 'sentry[a][b]', 'sentry[a]'),
      fc.array(fc.constantFrom('sentry', '[', ']', '[a]', '__', '1')).map((parts) => parts.join('')),
    )
    const value = fc.oneof(fc.string(), fc.json())
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (fields) => {
        expect(() => eventOf(...fields)).not.toThrow()
      }),
    )
  })

  test('of which two are nested without end', () => {
    const nested = `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`
    expect(() => eventOf(['sentry', nested], ['sentry___a', nested])).not.toThrow()
  })
})

describe('the id of the event', () => {
  const table: [title: string, fields: Fields, id: unknown][] = [
    ['is not stated', [['guid', 'a']], undefined],
    ['is in the JSON', [['sentry', '{"event_id":"a"}']], 'a'],
    ['is in a path', [['sentry[event_id]', 'b']], 'b'],
    [
      'is in both',
      [
        ['sentry[event_id]', 'b'],
        ['sentry', '{"event_id":"a"}'],
      ],
      'a',
    ],
    [
      'is null in the JSON',
      [
        ['sentry', '{"event_id":null}'],
        ['sentry[event_id]', 'b'],
      ],
      'b',
    ],
    ['is in JSON that is none', [['sentry', '{{']], undefined],
    ['is not looked for in parts', [['sentry__1', '{"event_id":"a"}']], undefined],
    ['is not looked for in namespaces', [['sentry___a', '{"event_id":"a"}']], undefined],
  ]
  test.each(table)('%s', (_, fields, id) => {
    expect(eventIdOfForm(fieldsOf(fields))).toBe(id)
  })
})
