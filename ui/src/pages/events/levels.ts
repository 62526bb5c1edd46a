/** Levels of events, and what else is told of each in a list. */
import type { EventOutline } from '../../api/events.ts'

/** Mantine's colours; the word stands beside it. */
export const levelColours: Readonly<Record<string, string>> = {
  fatal: 'red',
  error: 'red',
  warning: 'yellow',
  info: 'blue',
  debug: 'gray',
}

type Tagged = Pick<EventOutline, 'tags' | 'event.type'>

export function tagOf(event: Pick<EventOutline, 'tags'>, name: string): string | undefined {
  return event.tags.find(({ key }) => key === name)?.value
}

/** `fatal`, `error`, …; transactions and feedback go by what they are. */
export function kindOf(event: Tagged): string {
  const type = event['event.type']
  if (type === 'transaction' || type === 'feedback') return type
  return tagOf(event, 'level') ?? 'error'
}

/** The email address, else whatever tells one user from another. */
export function userName(user: EventOutline['user']): string | undefined {
  return user?.email ?? user?.username ?? user?.name ?? user?.id ?? user?.ip_address ?? undefined
}
