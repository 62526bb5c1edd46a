/** Files that came with events. Small ones lie in the database, large ones in the blob folder. */
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { Db } from './database.ts'
import { type Page, type PageRequest, pageOf } from './page.ts'

const decompress = promisify(zstdDecompress)

export interface Attachment {
  readonly id: number
  readonly eventId: string
  readonly name: string
  readonly contentType: string | null
  readonly attachmentType: string
  readonly sizeBytes: number
  readonly sha1: string
  readonly sha256: string
  readonly receivedAt: number
  /** Whether the content lies in the blob folder, under its digest. */
  readonly isFile: boolean
}

function attachments(db: Db, { projectId, eventId }: { projectId: number; eventId: string }) {
  return db
    .selectFrom('attachment')
    .select([
      'id',
      'event_id',
      'name',
      'content_type',
      'attachment_type',
      'size_bytes',
      'sha1',
      'sha256',
      'received_at',
    ])
    .select((eb) => eb('content', 'is', null).as('is_file'))
    .where('project_id', '=', projectId)
    .where('event_id', '=', eventId)
}

type AttachmentRow = Awaited<ReturnType<ReturnType<typeof attachments>['executeTakeFirstOrThrow']>>

function toAttachment(row: AttachmentRow): Attachment {
  return {
    id: row.id,
    eventId: row.event_id,
    name: row.name,
    contentType: row.content_type,
    attachmentType: row.attachment_type,
    sizeBytes: row.size_bytes,
    sha1: row.sha1,
    sha256: row.sha256,
    receivedAt: row.received_at,
    isFile: Boolean(row.is_file),
  }
}

/** By name. */
export async function listAttachments(
  db: Db,
  event: { projectId: number; eventId: string },
  page: PageRequest,
): Promise<Page<Attachment>> {
  const rows = await attachments(db, event)
    .orderBy('name')
    .orderBy('id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toAttachment), page)
}

export async function attachmentById(
  db: Db,
  { id, ...event }: { projectId: number; eventId: string; id: number },
): Promise<Attachment | undefined> {
  const row = await attachments(db, event).where('id', '=', id).executeTakeFirst()
  return row && toAttachment(row)
}

/** The content that lies in the database; undefined when it lies in the blob folder, or is gone. */
export async function inlineContent(db: Db, attachmentId: number): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('attachment')
    .select('content')
    .where('id', '=', attachmentId)
    .executeTakeFirst()
  return row?.content ? decompress(row.content) : undefined
}
