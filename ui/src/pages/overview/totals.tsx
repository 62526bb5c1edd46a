import { Text } from '@mantine/core'
import { Swatch } from '../../charts/swatch.tsx'
import { amount, type CategoryWords, shortAmount } from '../../words/categories.ts'
import { change, percent } from '../../words/numbers.ts'
import { outcomeWords } from '../../words/outcomes.ts'
import classes from './overview.module.css'
import type { OutcomeSide } from './summary.ts'

interface Props {
  readonly outcomes: readonly OutcomeSide[]
  readonly what: CategoryWords
  readonly isCompared: boolean
}

/** One number for each outcome, with its share. */
export function Totals({ outcomes, what, isCompared }: Props) {
  const all = outcomes.reduce((sum, { value }) => sum + value, 0)
  return (
    <dl className={classes.totals} aria-label="Totals">
      {outcomes.map(({ outcome, value, previous }) => {
        const { label, explanation, color, pattern } = outcomeWords[outcome]
        return (
          <div key={outcome} className={classes.total} title={explanation}>
            <dt>
              <Swatch color={color} pattern={pattern} />
              {label}
            </dt>
            <dd>
              <span className={`${classes.value} figures`} title={amount(value, what.unit)}>
                {shortAmount(value, what.unit)}
              </span>
              <Text size="xs" c="dimmed">
                {percent(value, all)}
                {isCompared && previous !== undefined && (
                  <span title={`${amount(previous, what.unit)} in the period before`}>
                    {' · '}
                    {previous === 0 && value > 0 ? 'new' : (change(value, previous) ?? 'as before')}
                  </span>
                )}
              </Text>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

/** Else everything would be new. */
export function NothingBefore() {
  return (
    <Text size="xs" c="dimmed" mb="md">
      There is nothing to compare with: no counts are there of the period before.
    </Text>
  )
}
