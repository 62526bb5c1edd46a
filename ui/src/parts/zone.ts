/** The time zone that moments are shown in: the viewer's, or UTC. */
import { useLocalStorage } from '@mantine/hooks'

export type ZoneChoice = 'viewer' | 'utc'

export const viewerZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone

export function useZoneChoice(): readonly [ZoneChoice, (choice: ZoneChoice) => void] {
  const [choice, setChoice] = useLocalStorage<ZoneChoice>({
    key: 'vedette.zone',
    defaultValue: 'viewer',
    getInitialValueInEffect: false,
  })
  return [choice, setChoice]
}

/** IANA name, for the functions of words/times.ts. */
export function useZone(): string {
  const [choice] = useZoneChoice()
  return choice === 'utc' ? 'UTC' : viewerZone
}
