import { TextInput, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { PlatformIcon } from './platform-icon.tsx'
import classes from './platform-picker.module.css'
import {
  type Family,
  families,
  isConsole,
  type Platform,
  platforms,
  popularPlatforms,
  searchPlatforms,
} from './platforms.ts'

type Group = 'popular' | Family | 'all'

const groups: readonly { readonly id: Group; readonly name: string }[] = [
  { id: 'popular', name: 'Popular' },
  ...families.filter(({ id }) => id !== 'other'),
  { id: 'all', name: 'All' },
]

/** Those that an organization has to enable first are not offered. */
const offered = platforms.filter(({ id }) => !isConsole(id))
const other = offered.filter(({ id }) => id === 'other')

interface Props {
  readonly value: string | undefined
  readonly onChange: (platform: string) => void
  readonly label?: string
  /** Whether the label is only heard, as in a dialog that has it for its title. */
  readonly isLabelHidden?: boolean
  /** Whether the search has the focus when the picker appears. */
  readonly isFocused?: boolean
}

/**
 * All platforms as tiles. Typing searches all of them; the arrow keys walk the tiles while the focus stays in the
 * search, and Enter takes the tile that is walked on, or else the first that was found.
 */
export function PlatformPicker(props: Props) {
  const { value, onChange, label = 'Platform', isLabelHidden = false, isFocused = false } = props
  const id = useId()
  const [query, setQuery] = useState('')
  const [group, setGroup] = useState<Group>('popular')
  const [active, setActive] = useState<number>()
  const grid = useRef<HTMLDivElement>(null)
  const isSearching = query.trim() !== ''
  const shown = isSearching ? withOther(searchPlatforms(query, offered)) : withOther(platformsIn(group))
  const isNothingFound = isSearching && shown.length === other.length
  const walkedOn = active === undefined ? undefined : shown[active]

  useEffect(() => {
    if (active === undefined) return
    grid.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const choose = (platform: Platform) => {
    onChange(platform.id)
    setActive(shown.indexOf(platform))
  }
  const walk = (event: KeyboardEvent) => {
    const step = stepOf(event.key, columnsOf(grid.current), active)
    if (step !== undefined) {
      event.preventDefault()
      setActive(clampStep(active, step, shown.length))
      return
    }
    if (event.key === 'Enter') {
      // The form around it is not meant.
      event.preventDefault()
      const taken = walkedOn ?? (isSearching ? shown[0] : undefined)
      if (taken !== undefined) choose(taken)
    }
    if (event.key === 'Escape' && query !== '') {
      event.preventDefault()
      event.stopPropagation()
      setQuery('')
      setActive(undefined)
    }
  }

  return (
    <div className={classes.picker}>
      <TextInput
        label={isLabelHidden ? undefined : label}
        aria-label={isLabelHidden ? label : undefined}
        type="search"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={walkedOn && `${id}-${walkedOn.id}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Search: Django, Swift, C#, …"
        leftSection={<IconSearch size={16} aria-hidden />}
        data-autofocus={isFocused || undefined}
        autoFocus={isFocused}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setActive(undefined)
        }}
        onKeyDown={walk}
      />
      <fieldset className={classes.groups} aria-label="Show" data-searching={isSearching || undefined}>
        {groups.map(({ id: each, name }) => (
          <UnstyledButton
            key={each}
            className={classes.group}
            aria-pressed={!isSearching && each === group}
            onClick={() => {
              setGroup(each)
              setQuery('')
              setActive(undefined)
            }}
          >
            {name}
          </UnstyledButton>
        ))}
      </fieldset>
      <p className={classes.found} role="status">
        {isNothingFound
          ? `No platform is called “${query.trim()}”. Other works with everything that speaks the protocol.`
          : ''}
      </p>
      <div ref={grid} id={`${id}-list`} role="listbox" aria-label={label} className={classes.grid}>
        {shown.map((platform) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search above has the focus and the keys
          <div
            key={platform.id}
            id={`${id}-${platform.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={platform.id === value}
            data-active={platform === walkedOn || undefined}
            className={classes.option}
            onClick={() => choose(platform)}
          >
            <PlatformIcon platform={platform.id} size={28} />
            <span className={classes.name}>{platform.name}</span>
            {platform.id === value && <IconCheck size={16} className={classes.check} aria-hidden />}
          </div>
        ))}
      </div>
    </div>
  )
}

function platformsIn(group: Group): readonly Platform[] {
  if (group === 'popular') return popularPlatforms
  if (group === 'all') return offered
  return offered.filter(({ family }) => family === group)
}

/** At the end of every list. */
function withOther(list: readonly Platform[]): readonly Platform[] {
  return [...list.filter(({ id }) => id !== 'other'), ...other]
}

function columnsOf(grid: HTMLElement | null): number {
  if (grid === null) return 1
  return getComputedStyle(grid).gridTemplateColumns.split(' ').length
}

/** Left and right move in the text until a tile is walked on. */
function stepOf(key: string, columns: number, active: number | undefined): number | undefined {
  if (key === 'ArrowDown') return active === undefined ? 0 : columns
  if (active === undefined) return undefined
  if (key === 'ArrowUp') return -columns
  if (key === 'ArrowRight') return 1
  if (key === 'ArrowLeft') return -1
  return undefined
}

/** Undefined above the first row: that is the search. */
function clampStep(active: number | undefined, step: number, length: number): number | undefined {
  if (active === undefined) return length === 0 ? undefined : 0
  const next = active + step
  if (next < 0) return step < -1 ? undefined : 0
  return Math.min(next, length - 1)
}
