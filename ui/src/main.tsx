import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './frame/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onSignedOut } from './api/client.ts'
import { ApiError } from './api/errors.ts'
import { forgetKept, keepOnLeaving, restoreKept } from './api/kept.ts'
import { coloursManager } from './frame/colours.ts'
import { cssVariables, theme } from './frame/theme.ts'
import { makeRouter } from './routes.ts'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // What the server has refused it will refuse again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status in refusals),
    },
  },
})

const refusals: Readonly<Record<number, true>> = {
  400: true,
  401: true,
  403: true,
  404: true,
  409: true,
  429: true,
}

restoreKept(client)
keepOnLeaving(client)
const router = makeRouter(client)

onSignedOut(() => {
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in') return
  client.clear()
  forgetKept()
  void router.navigate({ to: '/sign-in', search: { next: href } })
})

// The server has another build than this page was loaded from: a part of the old one is not there any more.
window.addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('vedette.reloaded') ?? 0)
  if (Date.now() - last < 10_000) return
  sessionStorage.setItem('vedette.reloaded', String(Date.now()))
  location.reload()
})

const place = document.getElementById('root')
if (place === null) throw new Error('index.html has no element with the id root')
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={coloursManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Notifications position="bottom-right" limit={4} />
    </MantineProvider>
  </StrictMode>,
)
