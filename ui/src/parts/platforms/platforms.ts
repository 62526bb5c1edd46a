/** The platforms a project can be created for: what they are called, what people type to find them, their tiles. */
import type { GlyphName } from './glyphs.tsx'

export type Family = 'browser' | 'server' | 'mobile' | 'desktop' | 'games' | 'other'

export const families: readonly { readonly id: Family; readonly name: string }[] = [
  { id: 'browser', name: 'Browser' },
  { id: 'server', name: 'Server' },
  { id: 'mobile', name: 'Mobile' },
  { id: 'desktop', name: 'Desktop' },
  { id: 'games', name: 'Games' },
  { id: 'other', name: 'Other' },
]

export interface Platform {
  /** As the API spells it. */
  readonly id: string
  readonly name: string
  readonly family: Family
  /** Of the tile. */
  readonly colour: string
  /** What stands on the tile until its glyph is there, and if it has none. */
  readonly letters: string
  readonly glyph?: GlyphName
  /** Further words that find it. */
  readonly aliases: string
}

type Row = readonly [
  id: string,
  name: string,
  colour: string,
  letters: string,
  glyph?: GlyphName,
  aliases?: string,
]

const rows: Readonly<Record<Family, readonly Row[]>> = {
  browser: [
    ['javascript', 'JavaScript', '#f0db4f', 'JS', 'javascript', 'browser typescript ts web page html loader'],
    ['javascript-react', 'React', '#087ea4', 'Re', 'react', 'jsx vite'],
    ['javascript-nextjs', 'Next.js', '#111111', 'Nx', 'next', 'react vercel'],
    ['javascript-vue', 'Vue', '#3aa876', 'Vu', 'vue', 'vuejs vite'],
    ['javascript-angular', 'Angular', '#c3002f', 'Ng', 'angular', 'ng'],
    ['javascript-svelte', 'Svelte', '#ff3e00', 'Sv', 'svelte'],
    ['javascript-sveltekit', 'SvelteKit', '#ff3e00', 'SK', 'svelte', 'svelte kit'],
    ['javascript-nuxt', 'Nuxt', '#00b368', 'Nu', 'nuxt', 'vue'],
    ['javascript-astro', 'Astro', '#bc52ee', 'As', 'astro'],
    ['javascript-react-router', 'React Router', '#d0021b', 'RR', 'route', 'remix'],
    ['javascript-remix', 'Remix', '#22262b', 'Rx', undefined, 'react router'],
    ['javascript-tanstackstart-react', 'TanStack Start', '#0e7a5f', 'TS', undefined, 'react router'],
    ['javascript-gatsby', 'Gatsby', '#663399', 'Ga', 'gatsby', 'react'],
    ['javascript-ember', 'Ember', '#e04e39', 'Em', 'ember'],
    ['javascript-solid', 'Solid', '#2c4f7c', 'So', 'solid', 'solidjs'],
    ['javascript-solidstart', 'SolidStart', '#2c4f7c', 'SS', 'solid', 'solid start'],
  ],
  server: [
    ['node', 'Node.js', '#3c873a', 'No', 'node', 'javascript typescript nodejs npm'],
    ['node-express', 'Express', '#22262b', 'ex', undefined, 'node javascript'],
    ['node-fastify', 'Fastify', '#22262b', 'fy', undefined, 'node javascript'],
    ['node-nestjs', 'NestJS', '#e0234e', 'ne', undefined, 'node typescript'],
    ['node-hono', 'Hono', '#ff5b11', 'ho', 'flame', 'node javascript workers'],
    ['node-koa', 'Koa', '#33333d', 'ko', undefined, 'node javascript'],
    ['node-hapi', 'Hapi', '#f58830', 'ha', undefined, 'node javascript'],
    ['node-connect', 'Connect', '#22262b', 'co', undefined, 'node javascript'],
    ['node-awslambda', 'AWS Lambda (Node)', '#e8791b', 'λ', 'lambda', 'amazon serverless javascript'],
    [
      'node-gcpfunctions',
      'Google Cloud Functions (Node)',
      '#3b7de0',
      'GF',
      'cloud',
      'gcp serverless javascript',
    ],
    ['node-azurefunctions', 'Azure Functions (Node)', '#0a7bd1', 'AF', 'azure', 'microsoft serverless'],
    ['node-cloudflare-workers', 'Cloudflare Workers', '#f38020', 'CW', 'cloudflare', 'serverless edge'],
    ['node-cloudflare-pages', 'Cloudflare Pages', '#f38020', 'CP', 'cloudflare', 'serverless edge'],
    ['bun', 'Bun', '#f4d9b6', 'Bu', undefined, 'javascript typescript'],
    ['deno', 'Deno', '#16181d', 'De', 'deno', 'javascript typescript'],
    ['python', 'Python', '#3572a5', 'Py', 'python', 'script'],
    ['python-django', 'Django', '#0c4b33', 'dj', 'django', 'python'],
    ['python-flask', 'Flask', '#3babc3', 'fl', 'flask', 'python'],
    ['python-fastapi', 'FastAPI', '#059487', 'FA', 'bolt', 'python starlette'],
    ['python-starlette', 'Starlette', '#5b4aa8', 'St', 'star', 'python asgi'],
    ['python-celery', 'Celery', '#5a8a22', 'Ce', 'salad', 'python worker queue'],
    ['python-rq', 'RQ', '#a8322d', 'RQ', undefined, 'python redis queue worker'],
    ['python-aiohttp', 'AIOHTTP', '#2c5bb4', 'aio', undefined, 'python'],
    ['python-tornado', 'Tornado', '#2f6f8f', 'To', 'tornado', 'python'],
    ['python-sanic', 'Sanic', '#ff0d68', 'Sa', undefined, 'python'],
    ['python-quart', 'Quart', '#3b5e8c', 'Qu', undefined, 'python'],
    ['python-falcon', 'Falcon', '#ad5d36', 'Fa', 'feather', 'python'],
    ['python-bottle', 'Bottle', '#3f7f5f', 'Bo', 'bottle', 'python'],
    ['python-pyramid', 'Pyramid', '#a8322d', 'Pd', 'pyramid', 'python'],
    ['python-pylons', 'Pylons', '#4b5f73', 'Pl', undefined, 'python'],
    ['python-tryton', 'Tryton', '#475b6e', 'Tr', undefined, 'python erp'],
    ['python-pymongo', 'PyMongo', '#10764f', 'PM', 'leaf', 'python mongodb'],
    ['python-wsgi', 'WSGI', '#3572a5', 'WS', 'python', 'python'],
    ['python-asgi', 'ASGI', '#3572a5', 'AS', 'python', 'python'],
    ['python-awslambda', 'AWS Lambda (Python)', '#e8791b', 'λ', 'lambda', 'amazon serverless'],
    ['python-chalice', 'Chalice', '#e8791b', 'Ch', 'lambda', 'python aws lambda'],
    ['python-gcpfunctions', 'Google Cloud Functions (Python)', '#3b7de0', 'GF', 'cloud', 'gcp serverless'],
    ['python-serverless', 'Serverless (Python)', '#3572a5', 'Sl', 'cloud', 'python'],
    ['go', 'Go', '#0095be', 'Go', 'go', 'golang'],
    ['go-http', 'net/http', '#0095be', 'Ht', 'go', 'golang go'],
    ['go-gin', 'Gin', '#0095be', 'Gi', undefined, 'golang go'],
    ['go-echo', 'Echo', '#0095be', 'Ec', undefined, 'golang go'],
    ['go-fiber', 'Fiber', '#0095be', 'Fi', undefined, 'golang go'],
    ['go-fasthttp', 'fasthttp', '#0095be', 'fh', undefined, 'golang go'],
    ['go-iris', 'Iris', '#0095be', 'Ir', undefined, 'golang go'],
    ['go-negroni', 'Negroni', '#0095be', 'Ne', undefined, 'golang go'],
    ['go-martini', 'Martini', '#0095be', 'Ma', undefined, 'golang go'],
    ['java', 'Java', '#c4681a', 'Ja', 'coffee', 'jvm maven gradle'],
    ['java-spring-boot', 'Spring Boot', '#5a9c32', 'SB', 'leaf', 'java kotlin'],
    ['java-spring', 'Spring', '#5a9c32', 'Sp', 'leaf', 'java kotlin'],
    ['java-logback', 'Logback', '#c4681a', 'Lb', undefined, 'java log'],
    ['java-log4j2', 'Log4j 2', '#c4681a', 'L4', undefined, 'java log'],
    ['kotlin', 'Kotlin', '#7f52ff', 'Kt', 'kotlin', 'jvm java'],
    ['php', 'PHP', '#6a72b0', 'PHP', 'php', 'composer'],
    ['php-laravel', 'Laravel', '#f0372b', 'La', 'laravel', 'php'],
    ['php-symfony', 'Symfony', '#16181d', 'Sy', 'symfony', 'php'],
    ['ruby', 'Ruby', '#c0281c', 'Rb', 'diamond', 'gem'],
    ['ruby-rails', 'Rails', '#c0281c', 'RoR', 'train', 'ruby on rails ror'],
    ['ruby-rack', 'Rack', '#c0281c', 'Ra', 'stack', 'ruby sinatra'],
    ['dotnet', '.NET', '#512bd4', '.N', 'csharp', 'c# csharp f# fsharp console'],
    ['dotnet-aspnetcore', 'ASP.NET Core', '#512bd4', 'AC', 'csharp', 'c# csharp dotnet blazor'],
    ['dotnet-aspnet', 'ASP.NET', '#512bd4', 'AN', 'csharp', 'c# csharp dotnet framework'],
    ['dotnet-awslambda', 'AWS Lambda (.NET)', '#e8791b', 'λ', 'lambda', 'c# csharp amazon serverless'],
    [
      'dotnet-gcpfunctions',
      'Google Cloud Functions (.NET)',
      '#3b7de0',
      'GF',
      'cloud',
      'c# csharp gcp serverless',
    ],
    ['rust', 'Rust', '#22262b', 'Rs', 'rust', 'cargo'],
    ['elixir', 'Elixir', '#6e4a7e', 'Ex', 'droplet', 'phoenix erlang plug'],
    ['powershell', 'PowerShell', '#2671be', 'PS', 'powershell', 'windows script'],
  ],
  mobile: [
    ['android', 'Android', '#34a853', 'An', 'android', 'kotlin java mobile'],
    ['apple-ios', 'iOS', '#16181d', 'iOS', 'apple', 'apple swift iphone ipad mobile objective-c'],
    ['apple', 'Apple', '#16181d', 'Ap', 'apple', 'swift ios macos tvos watchos visionos'],
    ['react-native', 'React Native', '#087ea4', 'RN', 'reactNative', 'expo mobile javascript'],
    ['flutter', 'Flutter', '#0468d7', 'Fl', 'flutter', 'dart mobile'],
    ['dart', 'Dart', '#0175c2', 'Da', undefined, 'flutter'],
    ['dotnet-maui', '.NET MAUI', '#512bd4', 'MA', 'csharp', 'c# csharp mobile xamarin'],
    ['dotnet-xamarin', 'Xamarin', '#3498db', 'Xa', 'xamarin', 'c# csharp dotnet mobile'],
    ['ionic', 'Ionic', '#3880ff', 'Io', 'disc', 'capacitor mobile javascript'],
    ['capacitor', 'Capacitor', '#119eff', 'Cp', undefined, 'ionic mobile javascript'],
    ['cordova', 'Cordova', '#4c5459', 'Cd', undefined, 'mobile javascript'],
  ],
  desktop: [
    ['apple-macos', 'macOS', '#16181d', 'mac', 'apple', 'apple swift desktop'],
    ['electron', 'Electron', '#2b2e3a', 'El', 'atom', 'desktop javascript'],
    ['native', 'Native (C/C++)', '#3b6ea5', 'C++', 'cpp', 'c c++ crashpad breakpad'],
    ['native-qt', 'Qt', '#2b9f4a', 'Qt', undefined, 'c++ native'],
    ['minidump', 'Minidump', '#8a3b52', 'MD', 'cpu', 'crash breakpad crashpad dump native'],
    ['dotnet-wpf', 'WPF', '#512bd4', 'WP', 'windows', 'c# csharp dotnet windows'],
    ['dotnet-winforms', 'Windows Forms', '#512bd4', 'WF', 'windows', 'c# csharp dotnet winforms'],
    ['dotnet-uwp', 'UWP', '#512bd4', 'UW', 'windows', 'c# csharp dotnet windows'],
  ],
  games: [
    ['unity', 'Unity', '#22262b', 'Un', 'unity', 'c# csharp game'],
    ['unreal', 'Unreal Engine', '#1b1e28', 'UE', 'gamepad', 'c++ game epic'],
    ['godot', 'Godot', '#478cbf', 'Gd', 'gamepad', 'gdscript game'],
    ['nintendo-switch', 'Nintendo Switch', '#e60012', 'NS', 'gamepad', 'console game'],
    ['playstation', 'PlayStation', '#00439c', 'PS', 'gamepad', 'console game sony'],
    ['xbox', 'Xbox', '#107c10', 'Xb', 'xbox', 'console game microsoft'],
  ],
  other: [['other', 'Other', '#6b7280', '…', 'plug', 'anything curl opentelemetry otlp http generic']],
}

export const platforms: readonly Platform[] = families.flatMap(({ id: family }) =>
  rows[family].map(([id, name, colour, letters, glyph, aliases = '']) => ({
    id,
    name,
    family,
    colour,
    letters,
    ...(glyph ? { glyph } : {}),
    aliases,
  })),
)

const byId: ReadonlyMap<string, Platform> = new Map(platforms.map((platform) => [platform.id, platform]))

export const popularPlatforms: readonly Platform[] = [
  'javascript',
  'javascript-react',
  'javascript-nextjs',
  'javascript-vue',
  'node',
  'node-express',
  'python',
  'python-django',
  'python-fastapi',
  'go',
  'java-spring-boot',
  'php-laravel',
  'ruby-rails',
  'dotnet-aspnetcore',
  'rust',
  'android',
  'apple-ios',
  'flutter',
  'react-native',
  'unity',
].flatMap((id) => byId.get(id) ?? [])

/** Consoles have to be enabled for an organization before a project can be created for one. */
const consoles: ReadonlySet<string> = new Set(['nintendo-switch', 'playstation', 'xbox'])

export function isConsole(id: string): boolean {
  return consoles.has(id)
}

/** Spellings of other times, and those that SDKs use. */
const synonyms: Readonly<Record<string, string>> = {
  csharp: 'dotnet',
  fsharp: 'dotnet',
  c: 'native',
  objc: 'apple',
  cocoa: 'apple',
  'cocoa-swift': 'apple-ios',
  'cocoa-objc': 'apple-ios',
  'javascript-browser': 'javascript',
  'javascript-angularjs': 'javascript-angular',
}

/**
 * The platform of that id. Projects may carry ids that are not in the list: those are shown as the part of the id
 * that is known, `python-something` as Python, or as `other`, under their own name.
 */
export function platformOf(id: string | null | undefined): Platform {
  const other = byId.get('other') as Platform
  if (!id) return other
  const known = byId.get(id) ?? byId.get(synonyms[id] ?? '')
  if (known) return known
  const family = byId.get(id.slice(0, Math.max(id.indexOf('-'), 0)))
  return { ...(family ?? other), id, name: id }
}

/** The platforms that the words of a search find, best first. */
export function searchPlatforms(query: string, from: readonly Platform[] = platforms): readonly Platform[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return from
  return from
    .map((platform) => ({ platform, rank: rankOf(platform, words) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((one, another) => one.rank - another.rank)
    .map(({ platform }) => platform)
}

const NOT_FOUND = 9

/** The worst of its words decides, so that every word has to be found. */
function rankOf({ id, name, aliases }: Platform, words: readonly string[]): number {
  const lowerName = name.toLowerCase()
  const nameWords = lowerName.split(/[^\p{L}\p{N}#+.]+/u)
  const ranks = words.map((word) => {
    if (lowerName === word || id === word) return 0
    if (lowerName.startsWith(word)) return 1
    if (nameWords.some((part) => part.startsWith(word))) return 2
    if (aliases.split(' ').some((alias) => alias.startsWith(word))) return 3
    if (lowerName.includes(word) || id.includes(word)) return 4
    return NOT_FOUND
  })
  return Math.max(...ranks)
}
