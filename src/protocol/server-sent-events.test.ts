import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventReader } from './server-sent-events.ts'

const answer =
  'retry: 2000\n\ndata: {"at":1}\n\n: a comment\n\ndata:one\ndata: two\r\n\r\nevent: x\ndata: last\n\ndata: cut'

test('reads the data of each event, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: answer.length })), (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), answer.length]
      const read = eventReader()
      const data = edges.slice(1).flatMap((end, index) => read(answer.slice(edges[index], end)))
      expect(data).toEqual(['{"at":1}', 'one\ntwo', 'last'])
    }),
  )
})
