import { expect, test } from 'vitest'
import { mainReasons } from './reasons.ts'

const group = (project: string, reason: string, sentence = '') => ({
  by: { project, outcome: 'invalid', reason },
  names: { project, reason: sentence },
})

test('the largest reason of each project is told in few words, an unknown one in those of the server', () => {
  expect([
    ...mainReasons([
      group('3', 'project_id'),
      group('2', 'cors'),
      group('3', 'cors'),
      group('4', 'too_large:event', 'Invalid: the event is larger than 1 MiB'),
      group('5', 'invalid_json', 'Invalid: it is not JSON of the expected form'),
      group('6', 'new_reason', 'Rate limited: a limit was reached'),
    ]),
  ]).toEqual([
    ['3', 'unknown or switched-off key'],
    ['2', 'domain that is not allowed'],
    ['4', 'too large'],
    ['5', 'it is not JSON of the expected form'],
    ['6', 'a limit was reached'],
  ])
})
