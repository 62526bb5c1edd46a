/** Numbers as people read them. */

/** Narrow, and no line ends there. */
const GAP = '\u202f'

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** Every digit, in threes: `1 234 567`. */
export function exact(value: number): string {
  return grouped.format(value).replaceAll(',', GAP)
}

const steps = [
  { from: 1e12, unit: 'T' },
  { from: 1e9, unit: 'B' },
  { from: 1e6, unit: 'M' },
  { from: 1e3, unit: 'k' },
] as const

/** Three figures at most from ten thousand on: `12.3k`, `1.2M`; below, every digit. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (size < 10_000) return exact(value)
  // What would be rounded up to a thousand of a unit is one of the next.
  const step = steps.find(({ from }) => size >= from * 0.9995)
  return step === undefined ? exact(value) : `${threeFigures(value / step.from)}${step.unit}`
}

function threeFigures(value: number): string {
  const size = Math.abs(value)
  return value.toFixed(size < 99.95 ? 1 : 0).replace(/\.0$/, '')
}

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** In thousands, as disks and budgets count: `1.2 MB`. */
export function bytes(value: number): string {
  let size = value
  let step = 0
  while (Math.abs(size) >= 999.5 && step < byteUnits.length - 1) {
    size /= 1000
    step++
  }
  return `${step === 0 ? exact(size) : threeFigures(size)}${GAP}${byteUnits[step]}`
}

/** `part` of `whole`: `0 %`, `< 0.1 %`, `4.2 %`, `37 %`. Nothing of nothing is 0. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return `0${GAP}%`
  const share = (part / whole) * 100
  if (share < 0.1) return `<${GAP}0.1${GAP}%`
  if (share < 100 && share > 99.9) return `>${GAP}99.9${GAP}%`
  return `${share < 9.95 ? share.toFixed(1).replace(/\.0$/, '') : share.toFixed(0)}${GAP}%`
}

/** How much more or less than before: `+12 %`, `−3.4 %`; undefined when there was nothing before. */
export function change(now: number, before: number): string | undefined {
  if (before === 0) return undefined
  if (now === before) return `±0${GAP}%`
  const grown = ((now - before) / before) * 100
  const size = Math.abs(grown)
  const text = size < 9.95 ? size.toFixed(1).replace(/\.0$/, '') : exact(Math.round(size))
  return `${grown > 0 ? '+' : '\u2212'}${text}${GAP}%`
}

/** `1 event`, `2 events`; the plural is the singular with an s unless it is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${exact(count)} ${count === 1 ? one : many}`
}
