/** The organization that is looked at, and what the viewer may do in it. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import {
  type Organization,
  type OrganizationOutline,
  organizationQuery,
  organizationsQuery,
} from '../api/organizations.ts'

export interface CurrentOrganization {
  /** For addresses of the API. */
  readonly slug: string
  readonly name: string
  /** Undefined for a moment after the first visit. */
  readonly details: Organization | undefined
  /** Scopes of the viewer; none while they are not known. */
  readonly access: readonly string[]
  readonly all: readonly OrganizationOutline[]
}

/** The one of `?org=`, else the first. */
export function chosenOrganization(
  all: readonly OrganizationOutline[],
  org: string | undefined,
): OrganizationOutline | undefined {
  return all.find(({ slug }) => slug === org) ?? all[0]
}

/** On pages within the frame, which is not shown to people without an organization. */
export function useOrganization(): CurrentOrganization {
  const { org } = useSearch({ strict: false }) as { org?: string }
  const { data: all } = useSuspenseQuery(organizationsQuery)
  const chosen = chosenOrganization(all, org)
  const slug = chosen?.slug ?? ''
  const { data: details } = useQuery({ ...organizationQuery(slug), enabled: slug !== '' })
  return { slug, name: details?.name ?? chosen?.name ?? '', details, access: details?.access ?? [], all }
}

/** The slug alone, for questions to the API. */
export function useOrg(): string {
  return useOrganization().slug
}
