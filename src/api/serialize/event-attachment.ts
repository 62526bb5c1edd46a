/** Attachment of an event → Sentry JSON. */
import { type Static, Type } from 'typebox'
import type { Attachment } from '../../store/attachments.ts'
import { DateTime, isoDate } from './dates.ts'

export const EventAttachmentJson = Type.Object(
  {
    id: Type.String(),
    event_id: Type.String(),
    type: Type.String(),
    name: Type.String(),
    mimetype: Type.String(),
    dateCreated: DateTime,
    size: Type.Integer(),
    headers: Type.Record(Type.String(), Type.String()),
    sha1: Type.String(),
    sha256: Type.String(),
  },
  { title: 'EventAttachment' },
)

export function eventAttachmentJson(attachment: Attachment): Static<typeof EventAttachmentJson> {
  const mimetype = contentTypeOf(attachment)
  return {
    id: String(attachment.id),
    event_id: attachment.eventId,
    type: attachment.attachmentType,
    name: attachment.name,
    mimetype,
    dateCreated: isoDate(attachment.receivedAt),
    size: attachment.sizeBytes,
    headers: { 'Content-Type': mimetype },
    sha1: attachment.sha1,
    sha256: attachment.sha256,
  }
}

/** As it is downloaded: anybody with a DSN can send a script, and no page of ours may run one. */
export function downloadTypeOf(attachment: Attachment): string {
  const type = contentTypeOf(attachment)
  return /script/i.test(type) ? 'text/plain' : type
}

/** What the sender said, if it can be said in a header; bytes otherwise. */
export function contentTypeOf({ contentType }: Attachment): string {
  return contentType !== null && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;[\x20-\x7e]*)?$/.test(contentType)
    ? contentType
    : 'application/octet-stream'
}
