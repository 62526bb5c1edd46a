/**
 * Lists of the last visit, kept in the browser, so that the next one begins with them instead of with nothing; what
 * has changed since replaces them a moment later. Only queries that say `isKept` are, and none holds a secret.
 */
import { type DehydratedState, dehydrate, hydrate, type QueryClient } from '@tanstack/react-query'
import { basePath } from './client.ts'

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly isKept?: boolean }
  }
}

/** Servers under several paths of one host share the browser's storage. */
const name = `vedette.kept ${basePath}`
const MAX_CHARACTERS = 1_000_000
const MAX_AGE_MS = 7 * 86_400_000

export function restoreKept(client: QueryClient): void {
  try {
    const text = localStorage.getItem(name)
    if (text === null) return
    const { at, state } = JSON.parse(text) as { at: number; state: DehydratedState }
    if (Date.now() - at < MAX_AGE_MS) hydrate(client, state)
    else localStorage.removeItem(name)
  } catch {
    forgetKept()
  }
}

/** When the page is left or put aside. */
export function keepOnLeaving(client: QueryClient): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keep(client)
  })
}

function keep(client: QueryClient): void {
  const state = dehydrate(client, {
    shouldDehydrateQuery: ({ meta, state }) => meta?.isKept === true && state.status === 'success',
    shouldDehydrateMutation: () => false,
  })
  if (state.queries.length === 0) return
  const text = JSON.stringify({ at: Date.now(), state })
  try {
    if (text.length <= MAX_CHARACTERS) localStorage.setItem(name, text)
    else localStorage.removeItem(name)
  } catch {
    // Storage is full or forbidden: the next visit begins with nothing.
  }
}

/** When somebody signs out. */
export function forgetKept(): void {
  try {
    localStorage.removeItem(name)
  } catch {
    // Nothing can be there.
  }
}
