/** One interface per table, column names as in the database. Row types never leave the store. */
import type { ColumnType, Generated } from 'kysely'

/** Epoch milliseconds. */
type At = number
/** 0 or 1: SQLite has no booleans, and both dialects store them alike. */
export type Flag = 0 | 1
/** JSON text. */
type Json = string
/** Assigned by the database on insert, never changed. */
type Id = ColumnType<number, number | undefined, never>

export interface UserTable {
  id: Id
  email: string
  username: string
  name: string
  /** `scrypt$N$r$p$salt$hash`, base64; null for accounts that cannot sign in with a password. */
  password_hash: string | null
  /** Whether nobody has chosen it: it was printed when the server started for the first time. */
  has_generated_password: Generated<Flag>
  is_active: Generated<Flag>
  is_superuser: Generated<Flag>
  created_at: At
  last_login_at: At | null
  last_active_at: At | null
}

export interface UserTokenTable {
  id: Id
  user_id: number
  name: string
  /** SHA-256 of the whole token, hex. */
  token_hash: string
  token_last4: string
  scopes: Json
  created_at: At
  expires_at: At | null
  last_used_at: At | null
}

/** Organization tokens (`sntrys_`) and legacy API keys share their shape: both act for one organization. */
export interface OrganizationTokenTable {
  id: Id
  organization_id: number
  kind: 'token' | 'api-key'
  name: string
  token_hash: string
  token_last4: string
  scopes: Json
  created_by: number | null
  created_at: At
  last_used_at: At | null
  deactivated_at: At | null
}

export interface SessionTable {
  id: Id
  user_id: number
  /** SHA-256 of the cookie's value, hex. */
  token_hash: string
  created_at: At
  /** When its user last gave their password. */
  confirmed_at: At
  expires_at: At
  last_used_at: At
  /** Whence it was used last. */
  ip_address: string | null
  user_agent: string | null
}

export interface OrganizationTable {
  id: Id
  slug: string
  name: string
  status: Generated<'active' | 'pending_deletion'>
  /** Settings that differ from their defaults, as one JSON object. */
  options: Generated<Json>
  created_at: At
}

export interface OrganizationMemberTable {
  id: Id
  organization_id: number
  /** Null while the invitation has not been taken up. */
  user_id: number | null
  email: string
  role: string
  inviter_id: number | null
  created_at: At
  /** SHA-256 of what an invitation is taken up with, hex; null when there is no link to it. */
  invite_hash: ColumnType<string | null, string | null | undefined>
  invite_expires_at: ColumnType<At | null, At | null | undefined>
}

export interface TeamTable {
  id: Id
  organization_id: number
  slug: string
  name: string
  status: Generated<'active' | 'pending_deletion'>
  created_at: At
}

export interface TeamMemberTable {
  team_id: number
  member_id: number
  role: string
}

export interface ProjectTable {
  id: Id
  organization_id: number
  slug: string
  name: string
  platform: string | null
  status: Generated<'active' | 'pending_deletion'>
  created_at: At
  /** Set by the first stored error event, never changed after. */
  first_event_at: At | null
  /** When it was given up; its data goes some time after. */
  removed_at: At | null
}

export interface ProjectOptionTable {
  project_id: number
  name: string
  value: Json
}

export interface ProjectTeamTable {
  project_id: number
  team_id: number
}

export interface ProjectBookmarkTable {
  project_id: number
  user_id: number
}

/** Slugs that projects had before. */
export interface ProjectRedirectTable {
  organization_id: number
  slug: string
  project_id: number
}

export interface ClientKeyTable {
  id: Id
  project_id: number
  public_key: string
  secret_key: string
  label: string
  is_active: Generated<Flag>
  use_case: Generated<string>
  rate_limit_count: number | null
  rate_limit_window: number | null
  browser_sdk_version: string | null
  loader_options: Generated<Json>
  created_at: At
  /** The key that this one replaces after a rotation. */
  rotated_from: number | null
}

/** Kept apart from client_key, because every flush writes it and configuration changes are watched. */
export interface ClientKeyUseTable {
  key_id: number
  last_used_at: At
}

/** Kept apart from project for the same reason. */
export interface ProjectUseTable {
  project_id: number
  last_accepted_at: At
}

export interface EventTable {
  id: Id
  project_id: number
  event_id: string
  key_id: number
  type: string
  level: string
  platform: string
  title: string
  culprit: string | null
  release: string | null
  dist: string | null
  environment: string | null
  transaction_name: string | null
  sdk_name: string | null
  sdk_version: string | null
  /** The event's own time after clock corrections. */
  timestamp_at: At
  received_at: At
  sent_at: At | null
  client_ip: string | null
  /** Bytes of the payload before compression. */
  size_bytes: number
  /** Where the payload lies: so many bytes into the decompressed chunk. */
  chunk_id: number
  chunk_offset: number
}

/**
 * Payloads of the events that one flush stored for one project, end to end. Events of a moment are alike:
 * together they take a fraction of the space, the time and the pages that each would take alone.
 */
export interface EventChunkTable {
  id: Id
  project_id: number
  /** Of the newest event in it. */
  received_at: At
  /** zstd. */
  payloads: Uint8Array
}

export interface AttachmentTable {
  id: Id
  project_id: number
  event_id: string
  name: string
  content_type: string | null
  attachment_type: string
  size_bytes: number
  sha1: string
  sha256: string
  received_at: At
  /** zstd of small content; null when the content lies in the blob folder under its digest. */
  content: Uint8Array | null
}

/** Items that are kept as they came: sessions, check-ins, logs, user reports, spans, profiles, replays. */
export interface StoredItemTable {
  id: Id
  project_id: number
  event_id: string | null
  type: string
  received_at: At
  size_bytes: number
  headers: Json
  /** zstd. */
  payload: Uint8Array
}

export interface EnvironmentTable {
  id: Id
  project_id: number
  name: string
  is_hidden: Generated<Flag>
  created_at: At
}

export interface ReleaseTable {
  id: Id
  project_id: number
  version: string
  created_at: At
}

/** Who changed what. */
export interface AuditEntryTable {
  id: Id
  organization_id: number
  /** Null when it was no user: an organization's token, or the command line. */
  user_id: number | null
  user_label: string
  ip_address: string | null
  event: string
  target_object: number | null
  target_user_id: number | null
  data: Json
  created_at: At
}

/** Rules on who owns what in a project, as text. Kept and checked; nothing acts on them here. */
export interface ProjectOwnershipTable {
  project_id: number
  raw: string | null
  fallthrough: Flag
  auto_assignment: string
  codeowners_auto_sync: Flag
  created_at: At
  updated_at: At
}

/** What a project has ever sent: `platform:python`, `item:session`, `event:transaction`. */
export interface ProjectSeenTable {
  project_id: number
  what: string
  first_at: At
}

export interface OutcomeCountTable {
  project_id: number
  /** Seconds per bucket: 10, 3600 or 86400. */
  resolution: number
  /** Epoch seconds of the bucket's start. */
  bucket: number
  /** 0 when the key is not known. */
  key_id: number
  category: number
  outcome: number
  /** Empty when the outcome has no reason. */
  reason: string
  quantity: number
}

/** What was counted since the project began. It is never pruned, so it only rises. */
export interface OutcomeTotalTable {
  project_id: number
  category: number
  outcome: number
  quantity: number
}

/**
 * The counts of an organization's projects added up, in the same transaction: its series would read thousands of
 * rows otherwise. What a project has counted stays here when the project goes.
 */
export interface OrganizationOutcomeCountTable {
  organization_id: number
  resolution: number
  bucket: number
  category: number
  outcome: number
  reason: string
  quantity: number
}

/** Stored error events by environment: the statistic `generated`. */
export interface EventCountTable {
  project_id: number
  resolution: number
  bucket: number
  environment: string
  quantity: number
}

/**
 * Stored events of every kind by what their senders say of themselves, at hours and days. An empty text stands for
 * what is not known.
 */
export interface EventFacetCountTable {
  project_id: number
  resolution: number
  bucket: number
  category: number
  environment: string
  release: string
  /** Its name, without the version. */
  sdk: string
  quantity: number
}

/** The last items that a project has lost, numbered in their order. */
export interface DroppedItemTable {
  project_id: number
  number: number
  received_at: At
  /** 0 when the key is not known. */
  key_id: number
  /** Name and version of the SDK. */
  client: string | null
  category: number
  outcome: number
  reason: string
  /** What in particular it was, in a few words. */
  detail: string | null
  quantity: number
  /** Null when nobody knows. */
  size_bytes: number | null
  /** How many more were dropped before the next one here. */
  unlisted: Generated<number>
}

/** What was counted against a quota in one of its windows. */
export interface RateLimitUseTable {
  quota_id: string
  /** Epoch seconds: the window's end, which tells it from the quota's others. */
  ends_at: number
  used: number
}

/** One row. Its version rises with every administrative write, so that caches know when to forget. */
export interface ConfigVersionTable {
  id: 1
  version: number
}

export interface Schema {
  user: UserTable
  user_token: UserTokenTable
  organization_token: OrganizationTokenTable
  session: SessionTable
  organization: OrganizationTable
  organization_member: OrganizationMemberTable
  team: TeamTable
  team_member: TeamMemberTable
  project: ProjectTable
  project_option: ProjectOptionTable
  project_team: ProjectTeamTable
  project_bookmark: ProjectBookmarkTable
  project_redirect: ProjectRedirectTable
  client_key: ClientKeyTable
  client_key_use: ClientKeyUseTable
  project_use: ProjectUseTable
  event: EventTable
  event_chunk: EventChunkTable
  attachment: AttachmentTable
  stored_item: StoredItemTable
  environment: EnvironmentTable
  release: ReleaseTable
  audit_entry: AuditEntryTable
  project_ownership: ProjectOwnershipTable
  project_seen: ProjectSeenTable
  outcome_count: OutcomeCountTable
  outcome_total: OutcomeTotalTable
  organization_outcome_count: OrganizationOutcomeCountTable
  event_count: EventCountTable
  event_facet_count: EventFacetCountTable
  dropped_item: DroppedItemTable
  rate_limit_use: RateLimitUseTable
  config_version: ConfigVersionTable
}
