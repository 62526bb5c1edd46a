/** A password at rest as the server keeps it, but derived with next to no work, which is what takes time. */
import { scryptSync } from 'node:crypto'

export function quickHash(password: string): string {
  const salt = Buffer.from('salt')
  const hash = scryptSync(password, salt, 32, { N: 2, r: 8, p: 1 })
  return ['scrypt', 2, 8, 1, salt.toString('base64'), hash.toString('base64')].join('$')
}
