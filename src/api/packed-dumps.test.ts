import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpackDump, unpackedName } from './packed-dumps.ts'

const dump = Buffer.from(`MDMP${'lamp '.repeat(2000)}`)

/** The dump as the programs of that name packed it: Node can pack with neither. */
const xz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4CcTADZdACaRBd2mzSfDyjqyG1opsV6wdEvh46OocRzmwbmqveddDHRgEeDMPCU6W0sm2swD/9aaXvacAAAAAHuKr5WmvgWJAAFSlE4AAAD/017dscRn+wIAAAAABFla',
  'base64',
)
const bzip2 = Buffer.from(
  'QlpoOTFBWSZTWX0cX/gAA+iXgEAABAJAACAGQAAgAFCGBAmqjUY7VIM3m+VSDAoP+VSDtUg8LuSKcKEg+ji/8A==',
  'base64',
)

const packed: [packing: string, bytes: Buffer][] = [
  ['gzip', gzipSync(dump)],
  ['zstd', zstdCompressSync(dump)],
  ['xz', xz],
  ['bzip2', bzip2],
]

describe.each(packed)('a dump packed by %s', (_, bytes) => {
  test('is unpacked, if that is within the limit', async () => {
    expect(await unpackDump(bytes, dump.byteLength)).toEqual(dump)
    expect(await unpackDump(bytes, dump.byteLength - 1)).toEqual({ fault: 'too_large' })
  })

  test('is refused when it is broken', async () => {
    const broken = Buffer.from(bytes)
    broken.fill(0x55, 10, 22)
    const results = [broken, bytes.subarray(0, -12), bytes.subarray(0, 6)].map((wrong) =>
      unpackDump(wrong, dump.byteLength),
    )
    const fault = { fault: 'invalid_compression' }
    expect(await Promise.all(results)).toEqual([fault, fault, fault])
  })
})

test.each([
  ['dump', dump],
  ['text', Buffer.from('BZ is not enough')],
  ['empty file', Buffer.alloc(0)],
])('a plain %s is left as it is', async (_, bytes) => {
  expect(await unpackDump(bytes, 1)).toBe(bytes)
})

test('slow packings are undone one after the other, and a crowd is told to come again', async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => unpackDump(bzip2, dump.byteLength)))
  const overloaded = { fault: 'overloaded' }
  expect(results).toEqual([dump, dump, dump, dump, overloaded, overloaded])
  expect(await unpackDump(bzip2, dump.byteLength)).toEqual(dump)
})

test('the name loses the ending of a packing', () => {
  const names = ['a.dmp.gz', 'a.xz', 'a.bz2', 'a.dmp.zst', 'a.dmp', 'gz', 'a.gz.gz']
  expect(names.map(unpackedName)).toEqual(['a.dmp', 'a', 'a', 'a.dmp', 'a.dmp', 'gz', 'a.gz'])
})
