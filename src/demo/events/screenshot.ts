/** A picture of a phone's screen, drawn in rectangles: enough to see that there is one. */
import { crc32, deflateSync } from 'node:zlib'
import type { Random } from '../random.ts'

const WIDTH = 270
const HEIGHT = 585

type Colour = readonly [red: number, green: number, blue: number]

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly colour: Colour
}

const paper: Colour = [250, 248, 245]
const ink: Colour = [46, 52, 64]
const pale: Colour = [222, 218, 210]

/** A PNG with a head line, a product's picture, some lines of text and a button. */
export function screenshot(random: Random): Buffer {
  const tint: Colour = [90 + random.below(120), 90 + random.below(120), 90 + random.below(120)]
  const line = (y: number, width: number, colour = pale): Box => ({ x: 20, y, width, height: 9, colour })
  return png([
    { x: 0, y: 0, width: WIDTH, height: 62, colour: ink },
    { x: 20, y: 34, width: 96, height: 12, colour: paper },
    { x: 20, y: 82, width: 230, height: 230, colour: tint },
    { x: 70, y: 150, width: 130, height: 110, colour: paper },
    line(334, 170, ink),
    line(356, 60, tint),
    ...[0, 1, 2, 3].map((index) => line(390 + index * 19, 150 + random.below(80))),
    { x: 20, y: 500, width: 230, height: 46, colour: tint },
  ])
}

/** Source: https://www.w3.org/TR/png-3/ */
function png(boxes: readonly Box[]): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) => rowOf(boxes.filter((box) => isIn(box, y))))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(WIDTH, 0)
  head.writeUInt32BE(HEIGHT, 4)
  // 8 bits a channel, red, green and blue.
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function isIn({ y, height }: Box, at: number): boolean {
  return at >= y && at < y + height
}

/** Three bytes a pixel, after one that says they are as they are. */
function rowOf(boxes: readonly Box[]): Buffer {
  const row = Buffer.alloc(1 + WIDTH * 3)
  for (const { x, width, colour } of [{ x: 0, width: WIDTH, colour: paper }, ...boxes]) {
    row.fill(Buffer.from(colour), 1 + x * 3, 1 + (x + width) * 3)
  }
  return row
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.byteLength)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}
