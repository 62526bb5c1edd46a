/** An event by hand, through the same door that SDKs use. */
import { baseUrl } from '../../api/client.ts'

export interface TestEvent {
  readonly body: string
  /** Of the door, below the address of the server. */
  readonly path: string
}

/** Errors: undefined if the DSN is none. */
export function makeTestEvent(dsn: string, eventId: string, at: Date): TestEvent | undefined {
  const address = URL.parse(dsn)
  const projectId = address?.pathname.split('/').at(-1)
  if (!address?.username || !projectId) return undefined
  const event = {
    message: 'Test event from the set-up page',
    level: 'info',
    platform: 'other',
    timestamp: at.toISOString(),
    tags: { from: 'set-up page' },
  }
  return {
    path: `/api/${projectId}/envelope/?sentry_key=${encodeURIComponent(address.username)}`,
    body: `${JSON.stringify({ event_id: eventId, sent_at: at.toISOString() })}\n{"type":"event"}\n${JSON.stringify(event)}\n`,
  }
}

/** Undefined when the server has taken it, else why not, in words. */
export async function sendTestEvent(dsn: string): Promise<string | undefined> {
  // Not randomUUID, which browsers offer over TLS and on localhost only.
  const random = crypto.getRandomValues(new Uint8Array(16))
  const eventId = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const event = makeTestEvent(dsn, eventId, new Date())
  if (event === undefined) return 'The DSN cannot be read.'
  try {
    const response = await fetch(`${baseUrl}${event.path}`, { method: 'POST', body: event.body })
    return response.ok ? undefined : refusal(response.status, await response.text())
  } catch {
    return 'The server could not be reached.'
  }
}

export function refusal(status: number, body: string): string {
  if (status === 429)
    return 'The limit of this key is used up. Wait a moment, or raise it on the page of the keys.'
  if (body.includes('Cors')) {
    return 'This page is not among the allowed domains of the project, so a browser may not send from here.'
  }
  if (status === 403) return 'The key is switched off or no longer exists.'
  return `The server refused it with status ${status}.`
}
