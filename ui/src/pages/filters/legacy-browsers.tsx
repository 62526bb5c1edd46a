import { Checkbox, Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { type FilterState, filtersQuery, updateFilter } from '../../api/filters.ts'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg } from '../../parts/organization.ts'
import { chosenBrowsers, oldBrowsers, otherParts } from './catalog.ts'
import classes from './filters.module.css'

type Active = FilterState['active']

interface Props {
  readonly project: string
  readonly active: Active
  readonly mayWrite: boolean
  readonly taken: ReactNode
}

/** One switch for the oldest, and one for each browser whose old versions are not wanted. */
export function LegacyBrowsers({ project, active, mayWrite, taken }: Props) {
  const org = useOrg()
  const { mutate } = useOptimistic<readonly FilterState[], Active>({
    queryKey: filtersQuery(org, project).queryKey,
    apply: (all, wanted) =>
      all.map((each) => (each.id === 'legacy-browsers' ? { ...each, active: wanted } : each)),
    save: (wanted) =>
      updateFilter(
        org,
        project,
        'legacy-browsers',
        typeof wanted === 'boolean'
          ? { active: wanted }
          : ({ subfilters: wanted } as Parameters<typeof updateFilter>[3]),
      ),
    failed: 'The filter for old browsers could not be changed',
  })
  const chosen = chosenBrowsers(active)
  const others = otherParts(active)
  const isOn = active === true || chosen.length > 0
  const choose = (id: string, isWanted: boolean) => {
    const wanted = isWanted ? [...chosen, id] : chosen.filter((each) => each !== id)
    mutate(wanted.length === 0 ? false : wanted)
  }
  return (
    <div className={classes.row}>
      <div>
        <Text fw={600}>Old browsers</Text>
        <Text>Errors of browsers that are too old to care about.</Text>
        <Text c="dimmed" size="xs">
          {active === true
            ? 'On for the oldest: Internet Explorer 9, Safari 5, Opera 14, Android 3 and older. Or choose:'
            : 'Switched on alone, it means Internet Explorer 9, Safari 5, Opera 14, Android 3 and older.'}
        </Text>
      </div>
      {taken}
      <Switch
        aria-label="Old browsers"
        checked={isOn}
        disabled={!mayWrite}
        onChange={(event) => mutate(event.currentTarget.checked)}
      />
      {isOn && (
        <fieldset className={classes.below} style={{ border: 'none', margin: 0, padding: 0 }}>
          <legend className="visually-hidden">Which old browsers</legend>
          <div className={classes.browsers}>
            {oldBrowsers.map(({ id, label }) => (
              <Checkbox
                key={id}
                label={label}
                checked={chosen.includes(id)}
                disabled={!mayWrite}
                onChange={(event) => choose(id, event.currentTarget.checked)}
              />
            ))}
          </div>
          {others.length > 0 && (
            <Text c="dimmed" size="xs" mt="xs">
              Besides, set over the API: {others.join(', ')}.
            </Text>
          )}
        </fieldset>
      )}
    </div>
  )
}
