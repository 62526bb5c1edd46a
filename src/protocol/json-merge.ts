/** Putting several JSON objects together into one, where the first to say something is right. */
import { isObject, type JsonObject } from './json.ts'

/** Objects inside each other that are looked at; what senders send has a few. */
export const MAX_MERGE_DEPTH = 100

/** Adds what `target` does not have yet. Nothing in it is replaced but null; objects are completed in turn. */
export function mergeInto(target: JsonObject, source: JsonObject, depth = 0): void {
  for (const [name, value] of Object.entries(source)) {
    const present = ownValue(target, name)
    if (present === undefined || present === null) setOwn(target, name, value)
    else if (isObject(present) && isObject(value) && depth < MAX_MERGE_DEPTH)
      mergeInto(present, value, depth + 1)
  }
}

/** Sets the value at the end of a path, unless something is there or the path leads through what is no object. */
export function setPath(target: JsonObject, path: readonly string[], value: unknown): void {
  let at = target
  for (const name of path.slice(0, -1)) {
    const present = ownValue(at, name)
    if (present !== undefined && present !== null && !isObject(present)) return
    const next: JsonObject = isObject(present) ? present : {}
    if (next !== present) setOwn(at, name, next)
    at = next
  }
  const last = path.at(-1)
  if (last !== undefined) mergeInto(at, ownObject(last, value))
}

/** The object at the end of a path, made if nothing is there; undefined when something else is. */
export function objectAt(target: JsonObject, path: readonly string[]): JsonObject | undefined {
  setPath(target, path, {})
  let at: unknown = target
  for (const name of path) at = isObject(at) ? ownValue(at, name) : undefined
  return isObject(at) ? at : undefined
}

/** Names are the senders': one of them may be `__proto__`, which is a name like any other here. */
function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function setOwn(object: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}

function ownObject(name: string, value: unknown): JsonObject {
  const object: JsonObject = {}
  setOwn(object, name, value)
  return object
}
