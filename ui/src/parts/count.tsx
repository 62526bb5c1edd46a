import { bytes, exact, short } from '../words/numbers.ts'

interface Props {
  readonly value: number
  /** Bytes are written in KB, MB and so on. */
  readonly isBytes?: boolean
  /** What is counted, for the tooltip: `events`. */
  readonly of?: string
}

/** Shortened when it is large, with every digit as title. */
export function Count({ value, isBytes = false, of = isBytes ? 'bytes' : '' }: Props) {
  const text = isBytes ? bytes(value) : short(value)
  const whole = `${exact(value)} ${of}`.trim()
  return (
    <span className="figures" title={text === whole ? undefined : whole}>
      {text}
    </span>
  )
}
