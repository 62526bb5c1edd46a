import { UnstyledButton } from '@mantine/core'
import classes from './chart.module.css'
import type { ChartSeries } from './series.ts'
import { Swatch } from './swatch.tsx'

interface Props {
  readonly series: readonly ChartSeries[]
  readonly isolated: string | undefined
  readonly onIsolate: (key: string | undefined) => void
  /** What the outline behind the bars is: a stretch of time. */
  readonly previous: string | undefined
}

/** A click on an entry shows it alone, another one shows all again. */
export function Legend({ series, isolated, onIsolate, previous }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div className={classes.legend} role="group" aria-label="Legend; an entry that is pressed is shown alone">
      {series.map(({ key, label, explanation, color, pattern }) => {
        const isAlone = key === isolated
        return (
          <UnstyledButton
            key={key}
            className={classes.entry}
            aria-pressed={isAlone}
            data-hidden={(isolated !== undefined && !isAlone) || undefined}
            title={explanation}
            onClick={() => onIsolate(isAlone ? undefined : key)}
          >
            <Swatch color={color} pattern={pattern} />
            {label}
          </UnstyledButton>
        )
      })}
      {previous && isolated === undefined && (
        <span className={classes.entry} data-plain>
          <span className={classes.outline} aria-hidden="true" />
          Before: {previous}
        </span>
      )}
    </div>
  )
}
