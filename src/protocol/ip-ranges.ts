/** Lists of internet addresses: single ones and CIDR ranges, of both versions. */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * A test whether an address is on the list; undefined if nothing on it can be read.
 *
 * Shape: entries are `192.0.2.7`, `192.0.2.0/24`, `2001:db8::1` or `2001:db8::/32`; what is none is passed over.
 * An IPv4 address is the same when it is written as IPv6, `::ffff:192.0.2.7`.
 */
export function addressMatcher(entries: readonly string[]): ((address: string) => boolean) | undefined {
  const list = new BlockList()
  for (const entry of entries) addEntry(list, entry.trim())
  if (list.rules.length === 0) return undefined
  const known = new Map<string, boolean>()
  return (address) => {
    const remembered = known.get(address)
    if (remembered !== undefined) return remembered
    const version = versionOf(address)
    const isListed = version !== undefined && list.check(address, version)
    if (known.size === REMEMBERED) known.clear()
    known.set(address, isListed)
    return isListed
  }
}

/** Senders come again and again; looking one up in the list takes longer than all other filters. */
const REMEMBERED = 1000

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const version = versionOf(address)
  if (version === undefined || rest.length > 0) return
  const wholeLength = version === 'ipv4' ? 32 : 128
  if (prefix === undefined) list.addAddress(address, version)
  else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= wholeLength)
    list.addSubnet(address, Number(prefix), version)
}

function versionOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv4(address)) return 'ipv4'
  return isIPv6(address) ? 'ipv6' : undefined
}
