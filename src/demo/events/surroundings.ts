/** Whom events happen to, and on what: people, browsers, phones, servers. */
import type { JsonObject } from '../../protocol/json.ts'
import { DAY } from '../../time.ts'
import type { Occasion } from '../project.ts'
import type { Random } from '../random.ts'

const names = [
  'mila',
  'jonas',
  'aisha',
  'tomasz',
  'lena',
  'diego',
  'hana',
  'oskar',
  'priya',
  'noah',
  'chloe',
  'ivan',
]
const places = [
  { country_code: 'DE', city: 'Hamburg', region: 'Germany' },
  { country_code: 'FR', city: 'Lyon', region: 'France' },
  { country_code: 'GB', city: 'Leeds', region: 'United Kingdom' },
  { country_code: 'ES', city: 'Valencia', region: 'Spain' },
  { country_code: 'SE', city: 'Uppsala', region: 'Sweden' },
  { country_code: 'US', city: 'Portland', region: 'United States' },
]

/** An address of those that are set aside for documentation. */
export function address(random: Random): string {
  return `${random.pick(['198.51.100', '203.0.113'])}.${1 + random.below(254)}`
}

/** Most visitors are nobody in particular; some have signed in. */
export function shopper(random: Random): JsonObject {
  const ip = { ip_address: address(random), geo: random.pick(places) }
  if (random.chance(0.45)) return ip
  const id = 10_000 + random.below(4000)
  const name = names[id % names.length] ?? 'mila'
  return { id: String(id), username: `${name}${id % 97}`, email: `${name}.${id}@example.com`, ...ip }
}

const browsers = [
  {
    name: 'Chrome',
    version: '141.0.0',
    os: ['Windows', '>=10'],
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  },
  {
    name: 'Chrome Mobile',
    version: '140.0.0',
    os: ['Android', '15'],
    agent:
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  },
  {
    name: 'Safari',
    version: '18.6',
    os: ['Mac OS X', '10.15.7'],
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  },
  {
    name: 'Mobile Safari',
    version: '18.5',
    os: ['iOS', '18.5'],
    agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  },
  {
    name: 'Firefox',
    version: '143.0',
    os: ['Linux', undefined],
    agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  },
] as const

/** What the SDK of a page says of where it runs. */
export function inBrowser({ random }: Occasion, url: string, referer?: string): JsonObject {
  const { name, version, os, agent } = random.pick(browsers)
  const [osName, osVersion] = os
  return {
    request: {
      url,
      headers: { 'User-Agent': agent, ...(referer === undefined ? {} : { Referer: referer }) },
    },
    contexts: {
      browser: { name, version },
      os: { name: osName, ...(osVersion === undefined ? {} : { version: osVersion }) },
      culture: { locale: random.pick(['de-DE', 'fr-FR', 'en-GB', 'es-ES']), timezone: 'Europe/Berlin' },
      trace: trace(random),
    },
    user: shopper(random),
  }
}

export function trace(random: Random, more: Readonly<Record<string, unknown>> = {}): JsonObject {
  return { trace_id: random.hex(32), span_id: random.hex(16), ...more }
}

/** What the SDK of a server says of where it runs. */
export function onServer(
  { at, random }: Occasion,
  fleet: string,
  runtime: { readonly name: string; readonly version: string },
): JsonObject {
  return {
    server_name: `${fleet}-${random.hex(8)}-${random.hex(5)}`,
    contexts: {
      runtime,
      os: { name: 'Linux', version: '6.8.0', kernel_version: '6.8.0-71-generic' },
      device: {
        arch: 'x64',
        memory_size: 4_294_967_296,
        free_memory: 400_000_000 + random.below(900_000_000),
        processor_count: 4,
        boot_time: new Date(at - (3 + random.below(40)) * DAY).toISOString(),
      },
      app: { app_memory: 180_000_000 + random.below(220_000_000) },
      trace: trace(random),
    },
  }
}

export interface Phone {
  readonly model: string
  readonly family: string
  readonly manufacturer: string
  readonly os: string
  readonly arch: string
}

const androids: readonly Phone[] = [
  { model: 'Pixel 9', family: 'Pixel', manufacturer: 'Google', os: '15', arch: 'arm64-v8a' },
  { model: 'SM-S931B', family: 'SM-S931B', manufacturer: 'samsung', os: '15', arch: 'arm64-v8a' },
  { model: 'SM-A546B', family: 'SM-A546B', manufacturer: 'samsung', os: '14', arch: 'arm64-v8a' },
  { model: 'Redmi Note 13', family: 'Redmi', manufacturer: 'Xiaomi', os: '13', arch: 'arm64-v8a' },
  { model: 'moto g54', family: 'moto', manufacturer: 'motorola', os: '14', arch: 'arm64-v8a' },
]
const iphones: readonly Phone[] = [
  { model: 'iPhone17,1', family: 'iOS', manufacturer: 'Apple', os: '18.5', arch: 'arm64e' },
  { model: 'iPhone15,4', family: 'iOS', manufacturer: 'Apple', os: '18.6.2', arch: 'arm64e' },
  { model: 'iPhone13,2', family: 'iOS', manufacturer: 'Apple', os: '17.7', arch: 'arm64e' },
  { model: 'iPad14,1', family: 'iPadOS', manufacturer: 'Apple', os: '18.5', arch: 'arm64e' },
]

/** What the SDK of a phone says of where it runs. */
export function onPhone(
  { random, at }: Occasion,
  system: 'Android' | 'iOS',
  app: { readonly id: string; readonly name: string; readonly version: string; readonly build: string },
): JsonObject {
  const phone = random.pick(system === 'Android' ? androids : iphones)
  const battery = 4 + random.below(96)
  return {
    user: { id: random.hex(32), ip_address: '{{auto}}', geo: random.pick(places) },
    contexts: {
      app: {
        app_identifier: app.id,
        app_name: app.name,
        app_version: app.version,
        app_build: app.build,
        app_start_time: new Date(at - (20 + random.below(1800)) * 1000).toISOString(),
        in_foreground: random.chance(0.85),
      },
      device: {
        model: phone.model,
        family: phone.family,
        manufacturer: phone.manufacturer,
        arch: phone.arch,
        battery_level: battery,
        charging: battery < 30 && random.chance(0.5),
        online: random.chance(0.9),
        orientation: random.chance(0.9) ? 'portrait' : 'landscape',
        memory_size: 7_900_000_000,
        free_memory: 600_000_000 + random.below(2_000_000_000),
        free_storage: 2_000_000_000 + random.below(90_000_000_000),
        connection_type: random.pick(['wifi', 'wifi', 'cellular']),
        simulator: false,
      },
      os: { name: system, version: phone.os, rooted: random.chance(0.02) },
      culture: { locale: random.pick(['de_DE', 'fr_FR', 'en_GB', 'es_ES']), is_24_hour_format: true },
      trace: trace(random),
    },
  }
}
