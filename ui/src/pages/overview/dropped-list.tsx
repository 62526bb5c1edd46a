import { Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { droppedItemsQuery } from '../../api/usage.ts'
import { Swatch } from '../../charts/swatch.tsx'
import { InfiniteList } from '../../parts/loaded.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { bytes, exact, plural } from '../../words/numbers.ts'
import { outcomeWords, parseOutcome } from '../../words/outcomes.ts'
import { alike } from './alike.ts'
import classes from './overview.module.css'

interface Props {
  readonly org: string
  readonly project: string
  readonly category: string
  readonly isLive: boolean
}

/** Why were they dropped? The last ones, in words. */
export function DroppedList({ org, project, category, isLive }: Props) {
  const dropped = useInfiniteQuery({
    ...droppedItemsQuery(org, project, { category, per_page: 30 }),
    refetchInterval: isLive ? 2000 : 15_000,
  })
  return (
    <section aria-label="Why dropped">
      <Title order={2}>Why dropped</Title>
      <div className={classes.dropped}>
        <InfiniteList
          query={dropped}
          what="The dropped items could not be loaded"
          isByHand
          skeleton={<RowSkeletons rows={5} height={64} />}
          empty={
            <Text c="dimmed" mt="xs">
              Nothing was dropped. What is will be listed here, with why.
            </Text>
          }
        >
          {(items) => (
            <ul className={classes.list}>
              {alike(items).map(({ item, times, quantity }) => {
                const outcome = parseOutcome(item.outcome)
                const words = outcome && outcomeWords[outcome]
                return (
                  <li key={item.id}>
                    <div className={classes.reason}>
                      {words && <Swatch color={words.color} pattern={words.pattern} />}
                      <span>{item.message}</span>
                    </div>
                    <Text size="xs" c="dimmed">
                      <TimeAgo at={item.dateCreated} />
                      {times > 1 && ` · ${exact(times)} times`}
                      {quantity > times && ` · ${plural(quantity, 'item')}`}
                      {item.key !== null && ` · ${item.key.name}`}
                      {item.sdk !== null && ` · ${item.sdk}`}
                      {item.sizeBytes !== null && times === 1 && ` · ${bytes(item.sizeBytes)}`}
                    </Text>
                    {item.unlisted > 0 && (
                      <Text size="xs" c="dimmed">
                        {plural(item.unlisted, 'more', 'more')} right after it.
                      </Text>
                    )}
                  </li>
                )
              })}
            </ul>
          )}
        </InfiniteList>
      </div>
    </section>
  )
}
