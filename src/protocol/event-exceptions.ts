/** Exceptions and threads in the API's spelling. */
import { exceptionsOf, fieldOf, valuesOf } from './event-fields.ts'
import { stacktraceJson } from './event-frames.ts'
import { valueText } from './event-title.ts'
import { freeData, freeObject, numberPair, textOrNull, truth, wholeNumber } from './event-values.ts'
import { defined, isObject, type JsonObject } from './json.ts'

/** Null if the event has no exception that says anything. */
export function exceptionJson(payload: JsonObject): JsonObject | null {
  const exceptions = exceptionsOf(payload)
  if (exceptions.length === 0) return null
  const field = fieldOf(payload, 'exception')
  const values = exceptions.map(singleExceptionJson)
  return {
    values,
    hasSystemFrames: values.some(({ stacktrace }) => stacktrace?.hasSystemFrames === true),
    excOmitted: isObject(field) ? numberPair(field.exc_omitted) : null,
  }
}

function singleExceptionJson(exception: JsonObject) {
  return {
    type: textOrNull(exception.type),
    value: valueText(exception.value) || null,
    mechanism: mechanismJson(exception.mechanism),
    threadId: threadId(exception.thread_id),
    module: textOrNull(exception.module),
    stacktrace: stacktraceJson(exception.stacktrace),
    rawStacktrace: stacktraceJson(exception.raw_stacktrace),
    rawValue: valueText(exception.raw_value) || null,
    rawModule: textOrNull(exception.raw_module),
    rawType: textOrNull(exception.raw_type),
  }
}

/** Unlike everything around it, a mechanism is spelt as it was sent, without what is empty. */
function mechanismJson(mechanism: unknown): JsonObject | null {
  if (!isObject(mechanism)) return null
  const present = (value: unknown) => value ?? undefined
  return {
    type: mechanismType(mechanism),
    ...defined({
      synthetic: present(truth(mechanism.synthetic)),
      description: present(textOrNull(mechanism.description)),
      help_link: present(textOrNull(mechanism.help_link)),
      handled: present(truth(mechanism.handled)),
      data: present(freeObject(mechanism.data)),
      meta: present(freeObject(mechanism.meta)),
      source: present(textOrNull(mechanism.source)),
      is_exception_group: present(truth(mechanism.is_exception_group)),
      exception_id: present(wholeNumber(mechanism.exception_id)),
      parent_id: present(wholeNumber(mechanism.parent_id)),
    }),
  }
}

export function mechanismType(mechanism: JsonObject): string {
  return textOrNull(mechanism.type) ?? 'generic'
}

/** Null if the event names no thread. */
export function threadsJson(payload: JsonObject): JsonObject | null {
  const threads = valuesOf(fieldOf(payload, 'threads')).filter(isObject)
  if (threads.length === 0) return null
  return {
    values: threads.map((thread) => ({
      id: threadId(thread.id),
      name: textOrNull(thread.name),
      crashed: truth(thread.crashed) ?? false,
      current: truth(thread.current) ?? false,
      state: textOrNull(thread.state),
      heldLocks: isObject(thread.held_locks) ? freeData(thread.held_locks) : null,
      stacktrace: stacktraceJson(thread.stacktrace),
      rawStacktrace: stacktraceJson(thread.raw_stacktrace),
    })),
  }
}

/** Text or a number, as the SDK has it. */
function threadId(value: unknown): string | number | null {
  return typeof value === 'number' ? value : textOrNull(value)
}
