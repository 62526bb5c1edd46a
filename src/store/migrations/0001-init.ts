import { type Kysely, sql } from 'kysely'
import { clustered, idColumn } from '../dialect.ts'

/** Accounts, organizations, projects, client keys; events and the counts that speak of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db

  await schema
    .createTable('user')
    .addColumn('id', 'integer', idColumn)
    .addColumn('email', 'text', (c) => c.notNull().unique())
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('has_generated_password', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('is_active', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('is_superuser', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_login_at', 'bigint')
    .addColumn('last_active_at', 'bigint')
    .execute()

  await schema
    .createTable('organization')
    .addColumn('id', 'integer', idColumn)
    .addColumn('slug', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('active'))
    .addColumn('options', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()

  await schema
    .createTable('user_token')
    .addColumn('id', 'integer', idColumn)
    .addColumn('user_id', 'integer', (c) => c.notNull().references('user.id').onDelete('cascade'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('token_last4', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute()
  await schema.createIndex('user_token_user').on('user_token').column('user_id').execute()

  await schema
    .createTable('organization_token')
    .addColumn('id', 'integer', idColumn)
    .addColumn('organization_id', 'integer', (c) =>
      c.notNull().references('organization.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('token_last4', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created_by', 'integer', (c) => c.references('user.id').onDelete('set null'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('deactivated_at', 'bigint')
    .execute()
  await schema
    .createIndex('organization_token_organization')
    .on('organization_token')
    .column('organization_id')
    .execute()

  await schema
    .createTable('session')
    .addColumn('id', 'integer', idColumn)
    .addColumn('user_id', 'integer', (c) => c.notNull().references('user.id').onDelete('cascade'))
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('confirmed_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .addColumn('ip_address', 'text')
    .addColumn('user_agent', 'text')
    .execute()
  await schema.createIndex('session_user').on('session').column('user_id').execute()

  await schema
    .createTable('organization_member')
    .addColumn('id', 'integer', idColumn)
    .addColumn('organization_id', 'integer', (c) =>
      c.notNull().references('organization.id').onDelete('cascade'),
    )
    .addColumn('user_id', 'integer', (c) => c.references('user.id').onDelete('cascade'))
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('inviter_id', 'integer', (c) => c.references('user.id').onDelete('set null'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('invite_hash', 'text')
    .addColumn('invite_expires_at', 'bigint')
    .addUniqueConstraint('organization_member_email', ['organization_id', 'email'])
    .addUniqueConstraint('organization_member_user', ['organization_id', 'user_id'])
    .execute()
  await schema
    .createIndex('organization_member_of_user')
    .on('organization_member')
    .column('user_id')
    .execute()

  await schema
    .createTable('team')
    .addColumn('id', 'integer', idColumn)
    .addColumn('organization_id', 'integer', (c) =>
      c.notNull().references('organization.id').onDelete('cascade'),
    )
    .addColumn('slug', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('active'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('team_slug', ['organization_id', 'slug'])
    .execute()

  await clustered(
    schema
      .createTable('team_member')
      .addColumn('team_id', 'integer', (c) => c.notNull().references('team.id').onDelete('cascade'))
      .addColumn('member_id', 'integer', (c) =>
        c.notNull().references('organization_member.id').onDelete('cascade'),
      )
      .addColumn('role', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('team_member_key', ['team_id', 'member_id']),
  ).execute()
  await schema.createIndex('team_member_of_member').on('team_member').column('member_id').execute()

  await schema
    .createTable('project')
    .addColumn('id', 'integer', idColumn)
    .addColumn('organization_id', 'integer', (c) =>
      c.notNull().references('organization.id').onDelete('cascade'),
    )
    .addColumn('slug', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('platform', 'text')
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('active'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('first_event_at', 'bigint')
    .addColumn('removed_at', 'bigint')
    .addUniqueConstraint('project_slug', ['organization_id', 'slug'])
    .execute()

  await clustered(
    schema
      .createTable('project_option')
      .addColumn('project_id', 'integer', (c) => c.notNull().references('project.id').onDelete('cascade'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('project_option_key', ['project_id', 'name']),
  ).execute()

  await clustered(
    schema
      .createTable('project_team')
      .addColumn('project_id', 'integer', (c) => c.notNull().references('project.id').onDelete('cascade'))
      .addColumn('team_id', 'integer', (c) => c.notNull().references('team.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('project_team_key', ['project_id', 'team_id']),
  ).execute()
  await schema.createIndex('project_team_of_team').on('project_team').column('team_id').execute()

  await clustered(
    schema
      .createTable('project_bookmark')
      .addColumn('project_id', 'integer', (c) => c.notNull().references('project.id').onDelete('cascade'))
      .addColumn('user_id', 'integer', (c) => c.notNull().references('user.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('project_bookmark_key', ['user_id', 'project_id']),
  ).execute()

  await clustered(
    schema
      .createTable('project_redirect')
      .addColumn('organization_id', 'integer', (c) =>
        c.notNull().references('organization.id').onDelete('cascade'),
      )
      .addColumn('slug', 'text', (c) => c.notNull())
      .addColumn('project_id', 'integer', (c) => c.notNull().references('project.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('project_redirect_key', ['organization_id', 'slug']),
  ).execute()

  await schema
    .createTable('client_key')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull().references('project.id').onDelete('cascade'))
    .addColumn('public_key', 'text', (c) => c.notNull().unique())
    .addColumn('secret_key', 'text', (c) => c.notNull().unique())
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('is_active', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('use_case', 'text', (c) => c.notNull().defaultTo('user'))
    .addColumn('rate_limit_count', 'bigint')
    .addColumn('rate_limit_window', 'integer')
    .addColumn('browser_sdk_version', 'text')
    .addColumn('loader_options', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('rotated_from', 'integer', (c) => c.references('client_key.id').onDelete('set null'))
    .execute()
  await schema.createIndex('client_key_project').on('client_key').columns(['project_id', 'id']).execute()
  await schema.createIndex('client_key_successor').on('client_key').column('rotated_from').unique().execute()

  await schema
    .createTable('client_key_use')
    .addColumn('key_id', 'integer', (c) => c.primaryKey())
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .execute()

  await schema
    .createTable('project_use')
    .addColumn('project_id', 'integer', (c) => c.primaryKey())
    .addColumn('last_accepted_at', 'bigint', (c) => c.notNull())
    .execute()

  await schema
    .createTable('event')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('key_id', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('culprit', 'text')
    .addColumn('release', 'text')
    .addColumn('dist', 'text')
    .addColumn('environment', 'text')
    .addColumn('transaction_name', 'text')
    .addColumn('sdk_name', 'text')
    .addColumn('sdk_version', 'text')
    .addColumn('timestamp_at', 'bigint', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('client_ip', 'text')
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('chunk_id', 'integer', (c) => c.notNull())
    .addColumn('chunk_offset', 'integer', (c) => c.notNull())
    .addUniqueConstraint('event_key', ['project_id', 'event_id'])
    .execute()
  await schema
    .createIndex('error_event_by_time')
    .on('event')
    .columns(['project_id', 'timestamp_at', 'id'])
    // Lists show errors only, and must not walk through transactions to find them.
    .where(sql.ref('type'), 'not in', ['transaction', 'feedback'])
    .execute()

  await schema
    .createTable('event_chunk')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('payloads', 'blob', (c) => c.notNull())
    .execute()

  await schema
    .createTable('attachment')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('content_type', 'text')
    .addColumn('attachment_type', 'text', (c) => c.notNull())
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('sha1', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('content', 'blob')
    .execute()
  await schema.createIndex('attachment_event').on('attachment').columns(['project_id', 'event_id']).execute()
  await schema.createIndex('attachment_by_arrival').on('attachment').column('received_at').execute()

  await schema
    .createTable('stored_item')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('event_id', 'text')
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('headers', 'text', (c) => c.notNull())
    .addColumn('payload', 'blob', (c) => c.notNull())
    .execute()
  await schema
    .createIndex('stored_item_project')
    .on('stored_item')
    .columns(['project_id', 'type', 'received_at'])
    .execute()
  await schema.createIndex('stored_item_by_arrival').on('stored_item').column('received_at').execute()

  await schema
    .createTable('environment')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('is_hidden', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('environment_name', ['project_id', 'name'])
    .execute()

  await schema
    .createTable('release')
    .addColumn('id', 'integer', idColumn)
    .addColumn('project_id', 'integer', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('release_version', ['project_id', 'version'])
    .execute()
  await schema
    .createIndex('release_by_time')
    .on('release')
    .columns(['project_id', 'created_at', 'id'])
    .execute()

  await schema
    .createTable('audit_entry')
    .addColumn('id', 'integer', idColumn)
    .addColumn('organization_id', 'integer', (c) => c.notNull())
    .addColumn('user_id', 'integer')
    .addColumn('user_label', 'text', (c) => c.notNull())
    .addColumn('ip_address', 'text')
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('target_object', 'integer')
    .addColumn('target_user_id', 'integer')
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await schema
    .createIndex('audit_entry_of_organization')
    .on('audit_entry')
    .columns(['organization_id', 'id'])
    .execute()

  await schema
    .createTable('project_ownership')
    .addColumn('project_id', 'integer', (c) => c.primaryKey())
    .addColumn('raw', 'text')
    .addColumn('fallthrough', 'integer', (c) => c.notNull())
    .addColumn('auto_assignment', 'text', (c) => c.notNull())
    .addColumn('codeowners_auto_sync', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()

  await clustered(
    schema
      .createTable('project_seen')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('what', 'text', (c) => c.notNull())
      .addColumn('first_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('project_seen_key', ['project_id', 'what']),
  ).execute()

  await clustered(
    schema
      .createTable('outcome_count')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('resolution', 'integer', (c) => c.notNull())
      .addColumn('bucket', 'bigint', (c) => c.notNull())
      .addColumn('key_id', 'integer', (c) => c.notNull())
      .addColumn('category', 'integer', (c) => c.notNull())
      .addColumn('outcome', 'integer', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('outcome_count_key', [
        'project_id',
        'resolution',
        'bucket',
        'key_id',
        'category',
        'outcome',
        'reason',
      ]),
  ).execute()

  await clustered(
    schema
      .createTable('outcome_total')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('category', 'integer', (c) => c.notNull())
      .addColumn('outcome', 'integer', (c) => c.notNull())
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('outcome_total_key', ['project_id', 'category', 'outcome']),
  ).execute()

  await clustered(
    schema
      .createTable('organization_outcome_count')
      .addColumn('organization_id', 'integer', (c) => c.notNull())
      .addColumn('resolution', 'integer', (c) => c.notNull())
      .addColumn('bucket', 'bigint', (c) => c.notNull())
      .addColumn('category', 'integer', (c) => c.notNull())
      .addColumn('outcome', 'integer', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('organization_outcome_count_key', [
        'organization_id',
        'resolution',
        'bucket',
        'category',
        'outcome',
        'reason',
      ]),
  ).execute()

  await clustered(
    schema
      .createTable('event_count')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('resolution', 'integer', (c) => c.notNull())
      .addColumn('bucket', 'bigint', (c) => c.notNull())
      .addColumn('environment', 'text', (c) => c.notNull())
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('event_count_key', ['project_id', 'resolution', 'bucket', 'environment']),
  ).execute()

  await clustered(
    schema
      .createTable('event_facet_count')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('resolution', 'integer', (c) => c.notNull())
      .addColumn('bucket', 'bigint', (c) => c.notNull())
      .addColumn('category', 'integer', (c) => c.notNull())
      .addColumn('environment', 'text', (c) => c.notNull())
      .addColumn('release', 'text', (c) => c.notNull())
      .addColumn('sdk', 'text', (c) => c.notNull())
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('event_facet_count_key', [
        'project_id',
        'resolution',
        'bucket',
        'category',
        'environment',
        'release',
        'sdk',
      ]),
  ).execute()

  await clustered(
    schema
      .createTable('dropped_item')
      .addColumn('project_id', 'integer', (c) => c.notNull())
      .addColumn('number', 'bigint', (c) => c.notNull())
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('key_id', 'integer', (c) => c.notNull())
      .addColumn('client', 'text')
      .addColumn('category', 'integer', (c) => c.notNull())
      .addColumn('outcome', 'integer', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('detail', 'text')
      .addColumn('quantity', 'bigint', (c) => c.notNull())
      .addColumn('size_bytes', 'bigint')
      .addColumn('unlisted', 'bigint', (c) => c.notNull().defaultTo(0))
      .addPrimaryKeyConstraint('dropped_item_key', ['project_id', 'number']),
  ).execute()

  await clustered(
    schema
      .createTable('rate_limit_use')
      .addColumn('quota_id', 'text', (c) => c.notNull())
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .addColumn('used', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('rate_limit_use_key', ['quota_id', 'ends_at']),
  ).execute()

  await schema
    .createTable('config_version')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute()
  await db
    .withTables<{ config_version: { id: number; version: number } }>()
    .insertInto('config_version')
    .values({ id: 1, version: 1 })
    .execute()
}
