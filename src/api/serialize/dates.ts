import { Type } from 'typebox'

export const DateTime = Type.String({ format: 'date-time' })

/**
 * Epoch milliseconds → ISO 8601 with `Z`: six fractional digits, none at all when they are zero.
 *
 * Source: web API conventions, scalars.
 */
export function isoDate(at: number): string {
  const iso = new Date(at).toISOString()
  return at % 1000 === 0 ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 23)}000Z`
}

export function isoDateOrNull(at: number | null): string | null {
  return at === null ? null : isoDate(at)
}
