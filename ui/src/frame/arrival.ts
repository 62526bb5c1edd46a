/** When another page is there: the focus goes to its title, so that those who hear the page hear where they are. */
import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

export function useArrival(): void {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(pathname)
  useEffect(() => {
    if (pathname === undefined || before.current === pathname) return
    const isFirst = before.current === undefined
    before.current = pathname
    // The browser itself announces the first page.
    if (isFirst) return
    requestAnimationFrame(() => {
      // A page that put the focus into a field of its own knows better.
      if (document.activeElement !== document.body && isInPage(document.activeElement)) return
      const title = document.getElementById('page-title') ?? document.getElementById('page')
      title?.focus({ preventScroll: true })
    })
  }, [pathname])
}

function isInPage(element: Element | null): boolean {
  return element?.closest('#page') instanceof HTMLElement && element.id !== 'page' && element.tagName !== 'A'
}
