/** Personal and organization tokens → Sentry JSON. Their text is shown by whoever has just made them. */
import { type Static, Type } from 'typebox'
import type { User } from '../../store/accounts.ts'
import type { OrganizationToken, UserToken } from '../../store/tokens.ts'
import { DateTime, isoDate, isoDateOrNull } from './dates.ts'

const DateTimeOrNull = Type.Union([DateTime, Type.Null()])

const userToken = {
  id: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  scopes: Type.Array(Type.String()),
  application: Type.Null(),
  expiresAt: DateTimeOrNull,
  dateCreated: DateTime,
  lastUsedAt: DateTimeOrNull,
  state: Type.Null(),
  tokenLastCharacters: Type.String(),
}

export const UserTokenJson = Type.Object(userToken)
export const NewUserTokenJson = Type.Object({ ...userToken, token: Type.String() })

export function userTokenJson(token: UserToken): Static<typeof UserTokenJson> {
  return {
    id: String(token.id),
    name: token.name === '' ? null : token.name,
    scopes: [...token.scopes],
    application: null,
    expiresAt: isoDateOrNull(token.expiresAt),
    dateCreated: isoDate(token.createdAt),
    lastUsedAt: isoDateOrNull(token.lastUsedAt),
    state: null,
    tokenLastCharacters: token.tokenLast4,
  }
}

const organizationToken = {
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  tokenLastCharacters: Type.String(),
  dateCreated: DateTime,
  dateLastUsed: DateTimeOrNull,
  projectLastUsedId: Type.Null(),
  createdBy: Type.Union([
    Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
    Type.Null(),
  ]),
}

export const OrganizationTokenJson = Type.Object(organizationToken)
export const NewOrganizationTokenJson = Type.Object({ ...organizationToken, token: Type.String() })

/** `creator` is undefined for tokens that an API key or an operator has made. */
export function organizationTokenJson(
  token: OrganizationToken,
  creator: User | undefined,
): Static<typeof OrganizationTokenJson> {
  return {
    id: String(token.id),
    name: token.name,
    scopes: [...token.scopes],
    tokenLastCharacters: token.tokenLast4,
    dateCreated: isoDate(token.createdAt),
    dateLastUsed: isoDateOrNull(token.lastUsedAt),
    projectLastUsedId: null,
    createdBy:
      creator === undefined
        ? null
        : { id: String(creator.id), name: creator.name || creator.email, email: creator.email },
  }
}
