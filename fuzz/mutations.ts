/** Ways in which bytes go wrong: on the wire, in a buggy sender, in the hands of somebody who wants to see. */
import type { Random } from './random.ts'

type Mutation = (bytes: Buffer, random: Random) => Buffer

function flipBit(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  const at = random.below(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
  return copy
}

function cut(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.below(bytes.length + 1))
}

function remove(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length + 1)
  const end = start + random.below(Math.min(64, bytes.length - start) + 1)
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length + 1)
  const end = start + random.below(Math.min(256, bytes.length - start) + 1)
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
}

function insertNoise(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at)])
}

/** Pieces that mean something to one parser or another. */
// biome-ignore format: a table of tokens
const tokens = [
  '\n', '\r\n', '\n\n', '{', '}', '[', ']', '"', ':', ',', 'null', 'true', '-1', '0', '1e999', '4294967296',
  '9007199254740993', '"length":', '"type":"event"', '"type":"transaction"', '"type":"attachment"', '"type":"log"',
  '{"type":"event","length":2}\n{}\n', '"__proto__":{"a":1},', '"event_id":"', '\\u0000', '\ud83d', '\0', '%s', '--',
  '\r\n--x\r\n', 'Content-Disposition: form-data; name="sentry"', 'NaN', 'Infinity', '\\ud800',
]

function insertToken(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(tokens)), bytes.subarray(at)])
}

function changeNumber(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('latin1')
  const numbers = [...text.matchAll(/\d+/g)]
  if (numbers.length === 0) return bytes
  const { index, 0: digits } = random.pick(numbers)
  const other = random.pick(['0', '1', '-5', '0.5', `${Number(digits) + 1}`, '99999999999999999999', ''])
  return Buffer.from(text.slice(0, index) + other + text.slice(index + digits.length), 'latin1')
}

function swapHalves(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)])
}

const mutations: readonly Mutation[] = [
  flipBit,
  cut,
  remove,
  repeat,
  insertNoise,
  insertToken,
  insertToken,
  changeNumber,
  changeNumber,
  swapHalves,
]

/** The bytes with up to four things wrong with them; now and then with none, so that sound ones are in the mix. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes
  for (let left = random.below(5); left > 0; left--) mutated = random.pick(mutations)(mutated, random)
  return mutated
}

/** The same for the value of a header: what HTTP itself forbids in one is left out. */
export function mutateHeader(value: string, random: Random): string {
  return mutate(Buffer.from(value), random)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
}
