import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bool,
  check,
  choice,
  dictionary,
  emptyInteger,
  type Field,
  integer,
  list,
  nullable,
  number,
  object,
  objectSchema,
  readBody,
  required,
  text,
} from './body.ts'
import { ApiError } from './errors.ts'

/** What a field makes of a value, or its messages. */
function read(field: Field<unknown>, value: unknown, isForm = false): unknown {
  const verdict = field.read(value, isForm)
  return 'errors' in verdict ? { errors: verdict.errors } : verdict.value
}

const errors = (...messages: string[]) => ({ errors: messages })

const slug = text({ max: 5, pattern: /^[a-z]+$/ })
const hours = integer({ min: 0, max: 24 })

const notNull = 'This field may not be null.'
const notBlank = 'This field may not be blank.'
const notText = 'Not a valid string.'
const notTruth = 'Must be a valid boolean.'
const notInteger = 'A valid integer is required.'
const notNumber = 'A valid number is required.'
const share = number({ min: 0, max: 1 })
const kind = choice(['a', 'b'])

test.each<[what: string, value: unknown, message: string, field: Field<unknown>]>([
  ['text', null, notNull, text()],
  ['a truth value', null, notNull, bool()],
  ['an integer', null, notNull, hours],
  ['a choice', null, notNull, kind],
  ['a list', null, notNull, list(text())],
  ['an object', null, notNull, object({})],
  ['text', '', notBlank, text()],
  ['text', ' \n ', notBlank, text()],
  ['text', true, notText, text()],
  ['text', {}, notText, text()],
  ['text', ['a'], notText, text()],
  ['text', 'a\0b', 'Null characters are not allowed.', text()],
  ['text', 'a\ud800', 'Surrogate characters are not allowed.', text()],
  ['text of five characters', 'abcdef', 'Ensure this field has no more than 5 characters.', slug],
  ['text of a pattern', 'A', 'This value does not match the required pattern.', slug],
  [
    'text of a pattern',
    'A',
    'Small letters only.',
    text({ pattern: /^[a-z]+$/, patternMessage: 'Small letters only.' }),
  ],
  ['a truth value', 'maybe', notTruth, bool()],
  ['a truth value', '', notTruth, bool()],
  ['a truth value', 2, notTruth, bool()],
  ['a truth value', {}, notTruth, bool()],
  ['a truth value', [], notTruth, bool()],
  ['an integer', 'x', notInteger, hours],
  ['an integer', '', notInteger, hours],
  ['an integer', '1.5', notInteger, hours],
  ['an integer', '0x10', notInteger, hours],
  ['an integer', 1.5, notInteger, hours],
  ['an integer', true, notInteger, hours],
  ['an integer', [], notInteger, hours],
  ['a number', 'x', notNumber, number()],
  ['a number', '', notNumber, number()],
  ['a number', '0x10', notNumber, number()],
  ['a number', 'Infinity', notNumber, number()],
  ['a number', true, notNumber, number()],
  ['a number', {}, notNumber, number()],
  ['an integer from 0 to 24', -1, 'Ensure this value is greater than or equal to 0.', hours],
  ['an integer from 0 to 24', 25, 'Ensure this value is less than or equal to 24.', hours],
  ['an integer from 0 to 24', '25', 'Ensure this value is less than or equal to 24.', hours],
  ['a number from 0 to 1', -0.1, 'Ensure this value is greater than or equal to 0.', share],
  ['a number from 0 to 1', 1.1, 'Ensure this value is less than or equal to 1.', share],
  ['a choice', 'foo', '"foo" is not a valid choice.', kind],
  ['a choice', '', '"" is not a valid choice.', kind],
  ['a choice', 'A', '"A" is not a valid choice.', kind],
  ['a choice', 5, '"5" is not a valid choice.', kind],
  ['a list', 'a', 'Expected a list of items but got type "str".', list(text())],
  ['a list', 5, 'Expected a list of items but got type "int".', list(text())],
  ['a list', 1.5, 'Expected a list of items but got type "float".', list(text())],
  ['a list', true, 'Expected a list of items but got type "bool".', list(text())],
  ['a list', {}, 'Expected a list of items but got type "dict".', list(text())],
  ['a dictionary', 'a', 'Expected a dictionary of items but got type "str".', dictionary()],
  ['a dictionary', [], 'Expected a dictionary of items but got type "list".', dictionary()],
])('%s may not be %j: %s', (_, value, message, field) => {
  expect(read(field, value)).toEqual(errors(message))
})

describe('text', () => {
  test.each([
    ['a', 'a'],
    ['  a b\n', 'a b'],
    [5, '5'],
    [1.5, '1.5'],
  ])('reads %j as %j', (value, expected) => {
    expect(read(text(), value)).toBe(expected)
  })

  test('may be blank, or keep its blanks, where it is told so', () => {
    expect(read(text({ blank: true }), ' ')).toBe('')
    expect(read(text({ trim: false }), ' a ')).toBe(' a ')
    expect(read(text({ blank: true, pattern: /^[a-z]+$/ }), '')).toBe('')
  })

  test('counts characters, after it has dropped the blanks around', () => {
    expect(read(text({ max: 2 }), ' 😀😀 ')).toBe('😀😀')
    expect(read(text({ max: 2 }), '😀😀😀')).toEqual(
      errors('Ensure this field has no more than 2 characters.'),
    )
  })

  test('has all that is wrong with it', () => {
    expect(read(slug, 'ABCDEF')).toEqual(
      errors(
        'Ensure this field has no more than 5 characters.',
        'This value does not match the required pattern.',
      ),
    )
  })
})

test('bool reads every word for yes and no', () => {
  for (const value of [true, 1, 't', 'true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'on', 'ON', '1']) {
    expect(read(bool(), value), String(value)).toBe(true)
  }
  for (const value of [false, 0, 'f', 'false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'off', 'OFF', '0']) {
    expect(read(bool(), value), String(value)).toBe(false)
  }
})

describe('integer', () => {
  test.each([
    [5, 5],
    [5.0, 5],
    ['5', 5],
    [' 5 ', 5],
    ['+5', 5],
    ['5.0', 5],
    ['-5', -5],
    ['007', 7],
  ])('reads %j as %d', (value, expected) => {
    expect(read(integer(), value)).toBe(expected)
  })

  test('is within its bounds or says which it is beyond', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.maxSafeInteger(), (value, one, other) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)]
        const expected =
          value < min
            ? errors(`Ensure this value is greater than or equal to ${min}.`)
            : value > max
              ? errors(`Ensure this value is less than or equal to ${max}.`)
              : value
        expect(read(integer({ min, max }), value)).toEqual(expected)
        expect(read(integer({ min, max }), String(value))).toEqual(expected)
      }),
    )
  })
})

test.each([
  [0.25, 0.25],
  ['0.25', 0.25],
  [' 1e3 ', 1000],
  ['-.5', -0.5],
  ['5.', 5],
])('number reads %j as %d', (value, expected) => {
  expect(read(number(), value)).toBe(expected)
})

test('an empty integer is null when it is blank, and an integer like any other else', () => {
  const field = emptyInteger({ min: 0, max: 10 })
  expect(['', null, 5, '5'].map((value) => read(field, value))).toEqual([null, null, 5, 5])
  expect(read(field, 11)).toEqual(errors('Ensure this value is less than or equal to 10.'))
  expect(read(field, 'x')).toEqual(errors('A valid integer is required.'))
})

test('a nullable field may be null, and is held to its rule else', () => {
  expect(read(nullable(hours), null)).toBeNull()
  expect(read(nullable(hours), 25)).toEqual(errors('Ensure this value is less than or equal to 24.'))
})

test('a further rule is asked only about values of the right type, and not about null', () => {
  const even = check(nullable(integer()), (value) => (value !== null && value % 2 === 0 ? undefined : 'Odd.'))
  expect(['x', null, 1, 2].map((value) => read(even, value))).toEqual([
    errors('A valid integer is required.'),
    null,
    errors('Odd.'),
    2,
  ])
})

describe('list', () => {
  test('reads its items', () => {
    expect(read(list(text()), [' a ', 5])).toEqual(['a', '5'])
    expect(read(list(text()), [])).toEqual([])
  })

  test('is empty when it is blank, where it is told so', () => {
    expect(read(list(text(), { emptyText: true }), '')).toEqual([])
    expect(read(list(text()), '')).toEqual(errors('Expected a list of items but got type "str".'))
  })

  test('says of single values what is wrong, once', () => {
    expect(read(list(choice(['ie', 'edge'])), ['netscape', 'ie', 'mosaic', 'netscape'])).toEqual(
      errors('"netscape" is not a valid choice.', '"mosaic" is not a valid choice.'),
    )
  })

  test('says of objects what is wrong with each, and nothing of the good ones', () => {
    const field = list(object({ name: required(text()), age: hours }))
    expect(read(field, [{ name: 'a' }, { age: 25 }, 'x', null])).toEqual({
      errors: [
        {},
        { name: ['This field is required.'], age: ['Ensure this value is less than or equal to 24.'] },
        { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] },
        { non_field_errors: ['This field may not be null.'] },
      ],
    })
  })

  test('of a form may be a single value', () => {
    expect(read(list(text()), 'a', true)).toEqual(['a'])
    expect(read(list(text()), ['a', 'b'], true)).toEqual(['a', 'b'])
  })
})

test('a dictionary is any object, as it came', () => {
  const value = { a: { b: [1, null] } }
  expect(read(dictionary(), value)).toBe(value)
})

describe('readBody', () => {
  const fields = {
    name: required(text({ max: 10 })),
    isActive: bool(),
    note: nullable(text()),
    rateLimit: nullable(
      object({ count: emptyInteger({ min: 0 }), window: emptyInteger({ min: 0, max: 86_400 }) }),
    ),
  }
  const parse = (value: unknown, isForm = false) => readBody(fields, { value, isForm })

  function refusal(value: unknown, isForm = false): unknown {
    try {
      return { value: parse(value, isForm) }
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.body }
      throw error
    }
  }

  test('reads known fields and ignores the others', () => {
    expect(
      parse({
        name: ' a ',
        isActive: 'yes',
        note: null,
        rateLimit: { count: '5', window: 60, x: 1 },
        later: {},
      }),
    ).toStrictEqual({ name: 'a', isActive: true, note: null, rateLimit: { count: 5, window: 60 } })
  })

  test('leaves out what is absent, at every depth, so that an update can leave it alone', () => {
    expect(parse({ name: 'a' })).toStrictEqual({ name: 'a' })
    expect(parse({ name: 'a', rateLimit: {} })).toStrictEqual({ name: 'a', rateLimit: {} })
    expect(parse({ name: 'a', rateLimit: { count: '' } })).toStrictEqual({
      name: 'a',
      rateLimit: { count: null },
    })
    expect(readBody({ name: text(), isActive: bool() }, { value: {}, isForm: false })).toStrictEqual({})
  })

  test('names every bad field, nested like the input', () => {
    expect(refusal({ isActive: 'maybe', note: '', rateLimit: { count: -1, window: 86_401 } })).toEqual({
      status: 400,
      body: {
        name: ['This field is required.'],
        isActive: ['Must be a valid boolean.'],
        note: ['This field may not be blank.'],
        rateLimit: {
          count: ['Ensure this value is greater than or equal to 0.'],
          window: ['Ensure this value is less than or equal to 86400.'],
        },
      },
    })
  })

  test('a required field may not be null', () => {
    expect(refusal({ name: null })).toEqual({ status: 400, body: { name: ['This field may not be null.'] } })
  })

  test('a nested object of another type is said to be none', () => {
    expect(refusal({ name: 'a', rateLimit: 'x' })).toEqual({
      status: 400,
      body: { rateLimit: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] } },
    })
  })

  test.each([
    ['a', 'str'],
    [[], 'list'],
    [5, 'int'],
    [1.5, 'float'],
    [true, 'bool'],
    [null, 'NoneType'],
  ])('a body that is %j is said to be none', (value, type) => {
    expect(refusal(value)).toEqual({
      status: 400,
      body: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] },
    })
  })

  test('reads a form, where everything is text and nested fields have dots', () => {
    expect(
      parse({ name: 'a', isActive: 'false', 'rateLimit.count': '5', 'rateLimit.window': '' }, true),
    ).toStrictEqual({ name: 'a', isActive: false, rateLimit: { count: 5, window: null } })
    expect(refusal({ name: 'a', 'rateLimit.count': 'x' }, true)).toEqual({
      status: 400,
      body: { rateLimit: { count: ['A valid integer is required.'] } },
    })
  })

  test('does not take dots for nesting in JSON', () => {
    expect(parse({ name: 'a', 'rateLimit.count': '5' })).toStrictEqual({ name: 'a' })
  })

  test('reads what it wrote again the same, and refuses nothing else than with a 400', () => {
    const bodies = fc.record(
      { name: fc.jsonValue(), isActive: fc.jsonValue(), note: fc.jsonValue(), rateLimit: fc.jsonValue() },
      { requiredKeys: [] },
    )
    const good = fc.record(
      {
        name: fc.stringMatching(/^[a-z]{1,10}$/),
        isActive: fc.constantFrom(true, false, 'yes', 0),
        note: fc.constantFrom(null, 'x'),
        rateLimit: fc.constantFrom(null, {}, { count: '' }, { count: 1, window: '60' }),
      },
      { requiredKeys: ['name'] },
    )
    fc.assert(
      fc.property(fc.oneof(bodies, good), (body) => {
        const result = refusal(body) as { status?: number; value?: object }
        if (result.value === undefined) expect(result.status).toBe(400)
        else expect(parse(result.value)).toStrictEqual(result.value)
      }),
    )
  })
})

test('objectSchema describes the fields for the API document', () => {
  expect(
    objectSchema({
      name: required(text({ max: 10, pattern: /^a/ })),
      note: nullable(text({ blank: true })),
      hours,
      isActive: bool(),
      kind: choice(['a', 'b']),
      tags: list(text()),
      extra: dictionary(),
    }),
  ).toEqual({
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 10, pattern: '^a', minLength: 1 },
      note: { type: ['string', 'null'] },
      hours: { type: 'integer', minimum: 0, maximum: 24 },
      isActive: { type: 'boolean' },
      kind: { type: 'string', enum: ['a', 'b'] },
      tags: { type: 'array', items: { type: 'string', minLength: 1 } },
      extra: { type: 'object', additionalProperties: true },
    },
  })
})
