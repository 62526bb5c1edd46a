import { Kbd, Modal } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Fragment } from 'react/jsx-runtime'
import { furtherPlaces, projectPlaces, railPlaces } from './places.ts'
import classes from './shortcut-list.module.css'
import { chord } from './shortcuts.ts'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function ShortcutList({ isOpen, onClose }: Props) {
  const { project } = useParams({ strict: false }) as { project?: string }
  const places = [...railPlaces, ...furtherPlaces].flatMap((each) =>
    'keys' in each ? { keys: each.keys, what: each.label } : [],
  )
  const sides = projectPlaces.map(({ keys, label }) => ({ keys, what: label }))
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts" centered>
      <Part
        title="Everywhere"
        lines={[
          { keys: `${chord} K`, what: 'Search and commands' },
          { keys: '/', what: 'Go to the search of the page' },
          { keys: '?', what: 'This list' },
        ]}
      />
      <Part title="Go to" lines={places} />
      {project !== undefined && <Part title="In this project" lines={sides} />}
    </Modal>
  )
}

interface PartProps {
  readonly title: string
  readonly lines: readonly { readonly keys: string; readonly what: string }[]
}

function Part({ title, lines }: PartProps) {
  return (
    <section className={classes.part}>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.lines}>
        {lines.map(({ keys, what }) => (
          <Fragment key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <Kbd key={key} size="xs">
                  {key}
                </Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  )
}
