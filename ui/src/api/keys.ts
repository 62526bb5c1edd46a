import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, inProject, read, readPage, type Schemas } from './client.ts'
import { wholeList } from './pages.ts'

/** With every address of its DSN. In lists `secret` and `dsn.secret` are empty: a key by itself has them. */
export type ClientKey = Schemas['ClientKey']

const keysPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/keys/'
const keyPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/keys/{key_id}/'

export function keysQuery(org: string, project: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'keys'],
    queryFn: ({ signal }) =>
      wholeList((cursor) =>
        readPage(
          api.GET(keysPath, {
            params: { path: inProject(org, project), query: { cursor, collapse: 'secret' } },
            signal,
          }),
        ),
      ) as Promise<readonly ClientKey[]>,
  })
}

export function keyQuery(org: string, project: string, key: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'keys', key],
    queryFn: ({ signal }) =>
      read(
        api.GET(keyPath, { params: { path: { ...inProject(org, project), key_id: key } }, signal }),
      ) as Promise<ClientKey>,
    // It holds a secret.
    gcTime: 0,
  })
}

/** Keys of all projects, for the palette. */
export function organizationKeysQuery(org: string) {
  return queryOptions({
    queryKey: [org, 'keys'],
    queryFn: ({ signal }) =>
      wholeList((cursor) =>
        readPage(
          api.GET('/api/0/organizations/{organization_id_or_slug}/project-keys/', {
            params: { path: inOrganization(org), query: { cursor } },
            signal,
          }),
        ),
      ),
  })
}

/** `since` and `until` are epoch seconds, `resolution` is as the API spells it: `10s`, `1h`, `1d`. */
export function keyStatsQuery(
  org: string,
  project: string,
  key: string,
  query: { since?: number; until?: number; resolution?: string },
) {
  return queryOptions({
    queryKey: [org, 'project', project, 'keys', key, 'stats', query],
    queryFn: ({ signal }) =>
      read(
        api.GET(`${keyPath}stats/`, {
          params: { path: { ...inProject(org, project), key_id: key }, query },
          signal,
        }),
      ),
  })
}

export function createKey(org: string, project: string, body: Schemas['postProjectsOrgProjectKeysBody']) {
  const answer = api.POST(keysPath, { params: { path: inProject(org, project) }, body })
  return read(answer) as Promise<ClientKey>
}

export function updateKey(
  org: string,
  project: string,
  key: string,
  body: Schemas['putProjectsOrgProjectKeysKeyBody'],
) {
  const answer = api.PUT(keyPath, { params: { path: { ...inProject(org, project), key_id: key } }, body })
  return read(answer) as Promise<ClientKey>
}

/** Makes the key that takes over; the old one goes on until it is switched off. */
export function rotateKey(org: string, project: string, key: string) {
  return read(
    api.POST(`${keyPath}rotate/`, { params: { path: { ...inProject(org, project), key_id: key } } }),
  )
}

export async function deleteKey(org: string, project: string, key: string): Promise<void> {
  await api.DELETE(keyPath, { params: { path: { ...inProject(org, project), key_id: key } } })
}
