import type { CSSProperties, ReactNode } from 'react'
import { amount, type Unit } from '../words/categories.ts'
import { change, percent } from '../words/numbers.ts'
import { cssColor, outcomeWords, type Pattern, type SchemeColor } from '../words/outcomes.ts'
import classes from './share-bars.module.css'
import { Swatch } from './swatch.tsx'

export interface Share {
  readonly key: string
  /** A name, or a link with it. */
  readonly label: ReactNode
  readonly value: number
  /** In the period before; undefined where that is not known. */
  readonly previous?: number | undefined
  /** With a swatch where it stands for an outcome; else all bars have one colour. */
  readonly color?: SchemeColor
  readonly pattern?: Pattern
}

export interface ShareBarsProps {
  /** For those who listen: `Events by key`. */
  readonly label: string
  /** Above the names: `Key`. */
  readonly heading: string
  /** Above the values: `Events`. */
  readonly valueHeading: string
  readonly shares: readonly Share[]
  /** What the shares are of; the sum of all of them unless it is given. */
  readonly total?: number
  readonly unit?: Unit
  /** Whether there is a column for what has changed. */
  readonly isCompared?: boolean
}

/** A list in which length says how much each has of the whole. */
export function ShareBars(props: ShareBarsProps) {
  const { label, heading, valueHeading, shares, unit = 'number', isCompared = false } = props
  const { total = shares.reduce((sum, { value }) => sum + value, 0) } = props
  const largest = Math.max(...shares.map(({ value }) => value), 1)
  return (
    <div className={classes.list}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            <th scope="col">{valueHeading}</th>
            <th scope="col" className={classes.share}>
              Share
            </th>
            {isCompared && <th scope="col">Change</th>}
          </tr>
        </thead>
        <tbody>
          {shares.map(({ key, label, value, previous, color, pattern }) => (
            <tr key={key}>
              <th scope="row">
                <div className={classes.name} style={barOf(value / largest, color)}>
                  {color && <Swatch color={color} pattern={pattern ?? 'solid'} />}
                  <span className={classes.label}>{label}</span>
                </div>
              </th>
              <td>{amount(value, unit)}</td>
              <td className={`${classes.faint} ${classes.share}`}>{percent(value, total)}</td>
              {isCompared && (
                <td className={classes.faint}>
                  <Change value={value} previous={previous} unit={unit} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function barOf(share: number, color: SchemeColor | undefined): CSSProperties {
  return {
    '--share': `${(share * 100).toFixed(2)}%`,
    '--color': cssColor(color ?? outcomeWords.accepted.color),
  } as CSSProperties
}

interface ChangeProps {
  readonly value: number
  readonly previous: number | undefined
  readonly unit: Unit
}

/** More is neither good nor bad: it depends on what it is of. */
function Change({ value, previous, unit }: ChangeProps) {
  if (previous === undefined) return <span aria-hidden="true">–</span>
  const words = previous === 0 && value > 0 ? 'new' : (change(value, previous) ?? `±0\u202f%`)
  return <span title={`${amount(previous, unit)} in the period before`}>{words}</span>
}
