import { ActionIcon, Drawer } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconMenu2, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { sessionQuery } from '../api/session.ts'
import { useOrganization } from '../parts/organization.ts'
import { useArrival } from './arrival.ts'
import classes from './frame.module.css'
import { Mark } from './mark.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts } from './shortcuts.ts'

const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))
const ShortcutList = lazy(() =>
  import('./shortcut-list.tsx').then(({ ShortcutList }) => ({ default: ShortcutList })),
)

/** What is around every page of somebody who is signed in. */
export function Frame() {
  const [isDrawerOpen, drawer] = useDisclosure()
  const [isPaletteOpen, palette] = useDisclosure()
  const [isListOpen, list] = useDisclosure()
  const isCompact = useMediaQuery('(max-width: 899px)', false, { getInitialValueInEffect: false })
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const { name } = useOrganization()
  useArrival()
  useShortcuts({ onPalette: palette.open, onList: list.open })
  useStillSignedIn()
  const wasPaletteOpen = useWasTrue(isPaletteOpen)
  const wasListOpen = useWasTrue(isListOpen)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when another page is there
  useEffect(drawer.close, [pathname])
  return (
    <div className={classes.frame}>
      <button type="button" className={classes.skip} onClick={skip}>
        Skip to the page
      </button>
      <div className={classes.bar}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Menu"
          aria-expanded={isDrawerOpen}
          onClick={drawer.open}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        <Mark size={20} />
        <span className={classes.barName}>{name}</span>
        <ActionIcon variant="subtle" color="gray" aria-label="Search" onClick={palette.open}>
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
      </div>
      <aside className={classes.rail} aria-label="Navigation">
        <Rail isCompact={isCompact} onSearch={palette.open} onShortcuts={list.open} />
      </aside>
      <Drawer.Root opened={isDrawerOpen} onClose={drawer.close} size={264} padding={0}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation" className={classes.drawer}>
          <Drawer.Body className={classes.drawerBody}>
            <Rail isCompact={false} onSearch={palette.open} onShortcuts={list.open} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <main id="page" tabIndex={-1} className={classes.page}>
        <div className={classes.content}>
          <Outlet />
        </div>
      </main>
      <PasswordDialog />
      <Suspense>
        {wasPaletteOpen && <Palette isOpen={isPaletteOpen} onClose={palette.close} onShortcuts={list.open} />}
        {wasListOpen && <ShortcutList isOpen={isListOpen} onClose={list.close} />}
      </Suspense>
    </div>
  )
}

/** A button, because with a `<base>` a link to `#page` would lead to the first page. */
function skip(): void {
  document.getElementById('page')?.focus()
}

/** What was opened once stays, so that it can close in peace; what never was is not even loaded. */
function useWasTrue(isTrue: boolean): boolean {
  const [was, setWas] = useState(isTrue)
  if (isTrue && !was) setWas(true)
  return was
}

/** The page may have been painted from the last visit, and the session may have ended since. */
function useStillSignedIn(): void {
  // Asked whenever a page is loaded, and when the window is come back to.
  const { data } = useQuery({ ...sessionQuery, refetchOnMount: 'always' })
  const navigate = useNavigate()
  const place = useRouterState({ select: (state) => state.location.href })
  const isOut = data !== undefined && data.user === null
  useEffect(() => {
    // On the way there, the frame still stands for a moment.
    if (isOut && !place.startsWith('/sign-in'))
      void navigate({ to: '/sign-in', search: { next: place }, replace: true })
  }, [isOut, place, navigate])
}
