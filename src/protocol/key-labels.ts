/** Labels for client keys that nobody has named. */
import { randomInt } from 'node:crypto'

const qualities = [
  'Able',
  'Ample',
  'Bold',
  'Brave',
  'Bright',
  'Calm',
  'Careful',
  'Clear',
  'Deep',
  'Eager',
  'Early',
  'Fair',
  'Fresh',
  'Gentle',
  'Golden',
  'Honest',
  'Keen',
  'Light',
  'Lively',
  'Loyal',
  'Modest',
  'Nimble',
  'Patient',
  'Proud',
  'Quick',
  'Quiet',
  'Ready',
  'Sharp',
  'Silver',
  'Steady',
  'Sunny',
  'Swift',
] as const

const things = [
  'Anchor',
  'Badger',
  'Beacon',
  'Birch',
  'Bridge',
  'Cedar',
  'Comet',
  'Compass',
  'Crane',
  'Dolphin',
  'Falcon',
  'Garnet',
  'Harbor',
  'Heron',
  'Island',
  'Kestrel',
  'Lantern',
  'Lynx',
  'Maple',
  'Marten',
  'Meadow',
  'Osprey',
  'Otter',
  'Pegasus',
  'Plover',
  'Raven',
  'River',
  'Sparrow',
  'Summit',
  'Tern',
  'Walnut',
  'Willow',
] as const

/** Two words, such as `Steady Heron`: easier to tell apart in a list than hex digits. */
export function newKeyLabel(): string {
  return `${oneOf(qualities)} ${oneOf(things)}`
}

function oneOf(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? ''
}
