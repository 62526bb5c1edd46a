/** The axis of amounts: round steps from zero up, and their labels in one unit. */
import type { Unit } from '../words/categories.ts'
import { exact } from '../words/numbers.ts'

interface Scale {
  readonly from: number
  readonly unit: string
}

/** Sizes in thousands, as `words/numbers.ts` writes them; lengths of time by the clock. */
const scales: Readonly<Record<Unit, readonly Scale[]>> = {
  number: [
    { from: 1e12, unit: 'T' },
    { from: 1e9, unit: 'B' },
    { from: 1e6, unit: 'M' },
    { from: 1e3, unit: 'k' },
  ],
  bytes: [
    { from: 1e12, unit: '\u202fTB' },
    { from: 1e9, unit: '\u202fGB' },
    { from: 1e6, unit: '\u202fMB' },
    { from: 1e3, unit: '\u202fKB' },
    { from: 1, unit: '\u202fB' },
  ],
  milliseconds: [
    { from: 3_600_000, unit: '\u202fh' },
    { from: 60_000, unit: '\u202fmin' },
    { from: 1000, unit: '\u202fs' },
    { from: 1, unit: '\u202fms' },
  ],
}

/**
 * Round steps from zero to the first that is not below `max`, some `count` of them.
 * There are no halves of events, so that no step is below 1.
 */
export function valueTicks(max: number, unit: Unit, count: number): readonly number[] {
  const base = unit === 'milliseconds' ? scaleOf(max, unit).from : 1
  const step = Math.max(1, roundStep(max / base / Math.max(1, count)) * base)
  const steps = Math.max(1, Math.ceil(max / step - 1e-9))
  return Array.from({ length: steps + 1 }, (_, index) => index * step)
}

/** The first of 1, 2, 2.5, 5, 10, 20 … that is not below `least`; halves only of what is ten at least. */
function roundStep(least: number): number {
  if (least <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(least))
  const factors = power >= 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10]
  const factor = factors.find((each) => each * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

function scaleOf(max: number, unit: Unit): Scale {
  return scales[unit].find(({ from }) => max >= from) ?? { from: 1, unit: '' }
}

/**
 * As short as they are exact: `0`, `2.5k`, `5k`; `500k`, `1M`. Thousands read well in full up to ten of them. Lengths
 * of time are all in one unit, because a minute is no round number of tens of seconds.
 */
export function tickLabels(ticks: readonly number[], unit: Unit): readonly string[] {
  const [, step = 0] = ticks
  const isPlain = unit === 'number' && (ticks.at(-1) ?? 0) < 10_000
  return ticks.map((tick) => {
    if (tick === 0) return '0'
    const scale = isPlain ? { from: 1, unit: '' } : scaleOf(unit === 'milliseconds' ? step : tick, unit)
    return `${decimal(tick / scale.from)}${scale.unit}`
  })
}

function decimal(value: number): string {
  return Number.isInteger(value) ? exact(value) : String(Number(value.toPrecision(6)))
}
