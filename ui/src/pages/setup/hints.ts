/** What keeps events from arriving although the code is right: addresses that mean something else elsewhere. */
import type { Guide } from './snippets/guide.ts'

const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0'])

/** One line each, for a guide and the address that its program has to reach. */
export function hintsFor({ id, place }: Pick<Guide, 'id' | 'place'>, dsn: string): readonly string[] {
  const address = URL.parse(dsn)
  if (address === null) return []
  const isLocal = localNames.has(address.hostname)
  const isPlain = address.protocol === 'http:'
  return [
    ...(isLocal ? localHints(id, place, address.host) : []),
    ...(isPlain ? plainHints(id, place, isLocal) : []),
  ]
}

function localHints(id: string, place: Guide['place'], host: string): readonly string[] {
  if (place === 'cloud') {
    return ['A function in the cloud cannot reach `localhost`: set `VEDETTE_URL` to an address that it can.']
  }
  if (place !== 'phone') return []
  const port = host.slice(host.lastIndexOf(':') + 1)
  const emulator = `An Android emulator reaches this machine as \`10.0.2.2:${port}\``
  const phone = "a phone needs this machine's address in your network"
  if (id === 'android') return [`${emulator}; ${phone}. On both, \`localhost\` is the device itself.`]
  if (id.startsWith('apple')) return [`The simulator reaches \`localhost\`; ${phone}.`]
  return [`${emulator}, the iOS simulator as \`localhost\`; ${phone}.`]
}

function plainHints(id: string, place: Guide['place'], isLocal: boolean): readonly string[] {
  if (place === 'browser' && !isLocal) {
    return ['Pages that are served over https may not send to a plain http address like this one.']
  }
  if (place !== 'phone') return []
  const android =
    'Android refuses plain http unless `android:usesCleartextTraffic="true"` is set on the `<application>`.'
  const apple = 'iOS refuses plain http to other machines unless App Transport Security allows their address.'
  if (id === 'android') return [android]
  if (id.startsWith('apple')) return isLocal ? [] : [apple]
  return isLocal ? [android] : [android, apple]
}
