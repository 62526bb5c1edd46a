/** Containers: which of their elements a project does not want. */
import type { RawItem } from '../protocol/envelope.ts'
import {
  type Container,
  type ContainerElement,
  readContainer,
  writeContainer,
} from '../protocol/item-container.ts'
import type { ItemType } from '../protocol/items.ts'
import { isObject } from '../protocol/json.ts'
import type { Fate, Quantity } from '../protocol/outcome.ts'
import { filterFate, type InboundFilters } from './filters/index.ts'
import type { Settled } from './persist.ts'

export interface Sifted {
  /** Undefined when nothing is left. */
  readonly wanted: RawItem | undefined
  readonly filtered: readonly Settled[]
}

/** Takes the elements out of an item that its project does not want. Other items are wanted as they are. */
export function sift(
  item: RawItem,
  type: ItemType,
  { filters, clientIp }: { filters: InboundFilters; clientIp: string | undefined },
): Sifted {
  const own = filters.ofElements.get(type)
  const container = own && readContainer(item.payload)
  if (own === undefined || container === undefined) return { wanted: item, filtered: [] }

  const wanted: ContainerElement[] = []
  const unwanted = new Map<Fate, ContainerElement[]>()
  for (const element of container.elements) {
    const { value } = element
    const fate = isObject(value) ? filterFate(own, { element: value, clientIp }) : undefined
    const company = fate === undefined ? wanted : (unwanted.get(fate) ?? [])
    company.push(element)
    if (fate !== undefined) unwanted.set(fate, company)
  }
  if (unwanted.size === 0) return { wanted: item, filtered: [] }

  const left = wanted.length === 0 ? undefined : itemOf(item, container, wanted)
  const filtered = [...unwanted].map(([fate, elements], index) => {
    // With nothing left around them, what stood around the elements goes with the first of them.
    const rest = index === 0 && left === undefined ? item.payload.byteLength - sizeOf(container.elements) : 0
    return quantitiesOf(type, elements.length, sizeOf(elements) + rest).map((quantity) => ({
      ...quantity,
      fate,
    }))
  })
  return { wanted: left, filtered: filtered.flat() }
}

function itemOf(
  { type, header }: RawItem,
  container: Container,
  elements: readonly ContainerElement[],
): RawItem {
  const payload = writeContainer(container, elements)
  const { length } = header
  const stated = length === undefined ? {} : { length: payload.byteLength }
  return { type, header: { ...header, ...stated, item_count: elements.length }, payload }
}

/** Each with the comma that goes with it. */
function sizeOf(elements: readonly ContainerElement[]): number {
  return elements.reduce((sum, { bytes }) => sum + bytes.byteLength + 1, 0)
}

function quantitiesOf(type: ItemType, count: number, sizeBytes: number): Quantity[] {
  return type === 'log'
    ? [
        { category: 'log_item', quantity: count },
        { category: 'log_byte', quantity: sizeBytes },
      ]
    : [{ category: 'trace_metric', quantity: count }]
}
