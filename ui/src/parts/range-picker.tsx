import '@mantine/dates/styles.css'
import { Button, Divider, Group, Popover, SegmentedControl, Stack, Text } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { intervalSeconds, type Period, periodNames, periods } from '../words/ranges.ts'
import { day, duration, zoneName } from '../words/times.ts'
import type { CurrentRange } from './range.ts'
import classes from './range-picker.module.css'
import { useZone } from './zone.ts'

interface Props {
  /** Of `useRange()`. */
  readonly current: CurrentRange
  readonly offered?: readonly Period[]
  /** For pages without intervals, such as a list of events. */
  readonly isWithoutInterval?: boolean
}

/** Chooses the stretch of time, and how finely it is counted; says both. */
export function RangePicker({ current, offered = periods, isWithoutInterval = false }: Props) {
  const [isOpen, setOpen] = useState(false)
  const zone = useZone()
  const { range, fallback, interval, choices, setRange, stretch } = current
  const isCustom = range.start !== undefined
  const period = isCustom ? undefined : (range.statsPeriod ?? fallback)
  const name = period === undefined ? customName(stretch.start, stretch.end, zone) : periodNames[period]
  const choose = (next: Parameters<typeof setRange>[0]) => {
    setRange(next)
    setOpen(false)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconCalendar size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          <span className="visually-hidden">Range: </span>
          {name}
          {!isWithoutInterval && (
            <Text component="span" c="dimmed" ml={8} className="figures">
              <span className="visually-hidden">, in steps of </span>
              {duration(intervalSeconds(interval))}
            </Text>
          )}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Range">
        <div className={classes.sides}>
          <ul className={classes.periods}>
            {offered.map((each) => (
              <li key={each}>
                <button
                  type="button"
                  className={classes.period}
                  aria-pressed={each === period}
                  onClick={() => choose({ statsPeriod: each })}
                >
                  {periodNames[each]}
                  {each === period && <IconCheck size={16} aria-hidden />}
                </button>
              </li>
            ))}
          </ul>
          <CustomRange current={current} zone={zone} onChoose={choose} />
        </div>
        {!isWithoutInterval && choices.length > 1 && (
          <>
            <Divider my="xs" />
            <Group gap="xs" justify="space-between" wrap="wrap">
              <Text c="dimmed" size="xs" id="range-steps">
                In steps of
              </Text>
              <SegmentedControl
                size="xs"
                aria-labelledby="range-steps"
                value={interval}
                data={choices.map((each) => ({ value: each, label: duration(intervalSeconds(each)) }))}
                onChange={(chosen) => choose({ ...range, interval: chosen })}
              />
            </Group>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

interface CustomProps {
  readonly current: CurrentRange
  readonly zone: string
  readonly onChoose: CurrentRange['setRange']
}

/** Whole days, in the zone that moments are shown in. */
function CustomRange({ current, zone, onChoose }: CustomProps) {
  const { range, stretch } = current
  const given: [string | null, string | null] =
    range.start === undefined
      ? [null, null]
      : [dateText(stretch.start, zone), dateText(stretch.end - 1, zone)]
  const [chosen, setChosen] = useState(given)
  const choose = ([from, to]: [string | null, string | null]) => {
    setChosen([from, to])
    if (from === null || to === null) return
    const start = startOfDay(from, zone)
    const end = startOfDay(dateText(startOfDay(to, zone) + 36 * 3_600_000, zone), zone)
    onChoose({ start: isoText(start), end: isoText(end) })
  }
  return (
    <Stack gap={4}>
      <DatePicker
        type="range"
        size="xs"
        allowSingleDateInRange
        hideOutsideDates
        weekendDays={[]}
        ariaLabels={{
          previousMonth: 'Month before',
          nextMonth: 'Month after',
          previousYear: 'Year before',
          nextYear: 'Year after',
          previousDecade: 'Ten years before',
          nextDecade: 'Ten years after',
        }}
        value={chosen}
        onChange={choose}
        defaultDate={given[0] ?? dateText(Date.now(), zone)}
        maxDate={dateText(Date.now(), zone)}
      />
      <Text c="dimmed" size="xs" ta="center">
        Whole days, {zoneName(zone)}
      </Text>
    </Stack>
  )
}

function customName(start: number, end: number, zone: string): string {
  const [from, to] = [day(start, zone), day(end - 1, zone)]
  return from === to ? from : `${from} – ${to}`
}

/** `2026-03-01`. */
function dateText(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at)
}

function isoText(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** Epoch milliseconds of midnight in the zone: a guess in UTC, moved by what clocks there show at it. */
function startOfDay(date: string, zone: string): number {
  const guess = Date.parse(`${date}T00:00:00Z`)
  const shown = (at: number) =>
    Date.parse(
      `${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at).replace(' ', 'T')}Z`,
    )
  const moved = guess - (shown(guess) - guess)
  return moved - (shown(moved) - guess)
}
