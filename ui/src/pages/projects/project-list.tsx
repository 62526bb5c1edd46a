import { ActionIcon, Text } from '@mantine/core'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, useLayoutEffect, useRef, useState } from 'react'
import { updateProject } from '../../api/projects.ts'
import { type ProjectUsage, projectsOfDayQuery } from '../../api/usage.ts'
import { Spark } from '../../charts/spark.tsx'
import { Count } from '../../parts/count.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import { useOptimistic } from '../../parts/optimistic.ts'
import { PlatformIcon } from '../../parts/platforms/platform-icon.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { exact, percent } from '../../words/numbers.ts'
import { droppedWords, outcomeWords } from '../../words/outcomes.ts'
import type { ProjectRow, ShownProject } from './project-rows.ts'
import classes from './projects.module.css'

/** Below this all rows are drawn, so that the browser's own search finds them. */
const DRAWN_AT_ONCE = 60
const ROW_HEIGHT = 65

interface Props {
  readonly org: string
  readonly rows: readonly ShownProject[]
}

export function ProjectList({ org, rows }: Props) {
  const { mutate } = useOptimistic<ProjectUsage, Pick<ProjectRow, 'slug' | 'isBookmarked'>>({
    queryKey: projectsOfDayQuery(org).queryKey,
    apply: (usage, { slug, isBookmarked }) => ({
      ...usage,
      projects: usage.projects.map((each) => (each.slug === slug ? { ...each, isBookmarked } : each)),
    }),
    save: ({ slug, isBookmarked }) => updateProject(org, slug, { isBookmarked }),
    failed: 'The bookmark could not be changed',
  })
  return (
    <>
      <div className={`${classes.row} ${classes.head}`} aria-hidden>
        <span className={classes.name}>Project</span>
        <span className={classes.spark}>Errors in 24 hours</span>
        <span className={`${classes.accepted} ${classes.number}`}>Accepted</span>
        <span className={`${classes.dropped} ${classes.number}`}>Dropped</span>
        <span className={`${classes.last} ${classes.number}`}>Last event</span>
      </div>
      {rows.length > DRAWN_AT_ONCE ? (
        <LongList rows={rows} onBookmark={mutate} />
      ) : (
        <ul aria-label="Projects" style={{ margin: 0, padding: 0, listStyle: 'none' }}>
          {rows.map(({ row, trouble }) => (
            <li key={row.id}>
              <Row row={row} trouble={trouble?.words} onBookmark={mutate} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

type OnBookmark = (change: Pick<ProjectRow, 'slug' | 'isBookmarked'>) => void

/** Only what is in sight is drawn. */
function LongList({ rows, onBookmark }: Pick<Props, 'rows'> & { readonly onBookmark: OnBookmark }) {
  const list = useRef<HTMLUListElement>(null)
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), [])
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => rows[index]?.row.id ?? index,
  })
  return (
    <ul
      ref={list}
      aria-label="Projects"
      style={{
        position: 'relative',
        height: virtualizer.getTotalSize(),
        margin: 0,
        padding: 0,
        listStyle: 'none',
      }}
    >
      {virtualizer.getVirtualItems().map(({ index, key, start }) => {
        const shown = rows[index]
        return (
          shown && (
            <li
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              style={{
                position: 'absolute',
                top: 0,
                width: '100%',
                transform: `translateY(${start - virtualizer.options.scrollMargin}px)`,
              }}
            >
              <Row row={shown.row} trouble={shown.trouble?.words} onBookmark={onBookmark} />
            </li>
          )
        )
      })}
    </ul>
  )
}

const Row = memo(function Row({
  row,
  trouble,
  onBookmark,
}: {
  readonly row: ProjectRow
  readonly trouble: string | undefined
  readonly onBookmark: OnBookmark
}) {
  const { slug, name, platform, accepted, dropped, isBookmarked, lastAccepted } = row
  const all = accepted.total + dropped.total
  return (
    <div className={classes.row}>
      <ActionIcon
        className={classes.star}
        variant="subtle"
        color={isBookmarked ? 'yellow' : 'gray'}
        aria-label={isBookmarked ? `Remove the bookmark of ${name}` : `Bookmark ${name}`}
        aria-pressed={isBookmarked}
        onClick={() => onBookmark({ slug, isBookmarked: !isBookmarked })}
      >
        {isBookmarked ? <IconStarFilled size={16} aria-hidden /> : <IconStar size={16} aria-hidden />}
      </ActionIcon>
      <div className={classes.name}>
        <PlatformIcon platform={platform} size={28} />
        <div className={classes.words}>
          <AnchorLink to="/projects/$project" params={{ project: slug }} className={classes.link}>
            {name}
          </AnchorLink>
          {trouble !== undefined && (
            <div className={classes.trouble} title={trouble}>
              {trouble}
            </div>
          )}
        </div>
      </div>
      <div className={classes.spark}>
        <Spark
          label={`${name}: ${exact(accepted.total)} accepted, ${exact(dropped.total)} dropped in 24 hours`}
          series={[
            { color: outcomeWords.accepted.color, values: accepted.series },
            { color: droppedWords.color, values: dropped.series },
          ]}
          width={150}
          height={32}
        />
      </div>
      <div className={`${classes.accepted} ${classes.number}`}>
        <span className={classes.label}>Accepted</span>
        <Count value={accepted.total} of="errors accepted" />
      </div>
      <div className={`${classes.dropped} ${classes.number}`}>
        <span className={classes.label}>Dropped</span>
        <span className="figures" title={`${exact(dropped.total)} dropped`}>
          {all === 0 ? '–' : percent(dropped.total, all)}
        </span>
      </div>
      <div className={`${classes.last} ${classes.number}`}>
        <span className={classes.label}>Last event</span>
        {lastAccepted === null ? (
          <AnchorLink to="/projects/$project/setup" params={{ project: slug }} inherit>
            Set up
          </AnchorLink>
        ) : (
          <Text span c="dimmed" inherit>
            <TimeAgo at={lastAccepted} />
          </Text>
        )}
      </div>
    </div>
  )
})
