/** What a set-up guide is made of. Pure: the texts depend on the key and on nothing else. */

export type Language =
  | 'cpp'
  | 'csharp'
  | 'dart'
  | 'elixir'
  | 'go'
  | 'html'
  | 'http'
  | 'ini'
  | 'java'
  | 'javascript'
  | 'json'
  | 'kotlin'
  | 'php'
  | 'powershell'
  | 'python'
  | 'ruby'
  | 'rust'
  | 'shell'
  | 'swift'
  | 'text'
  | 'toml'
  | 'typescript'
  | 'xml'
  | 'yaml'

/** What guides take of a client key. */
export interface GuideKey {
  /** The public key itself. */
  readonly public: string
  readonly dsn: Readonly<Record<Address, string>>
}

export type Address =
  | 'public'
  | 'cdn'
  | 'csp'
  | 'security'
  | 'nel'
  | 'minidump'
  | 'unreal'
  | 'otlp_traces'
  | 'otlp_logs'

export interface Snippet {
  readonly language: Language
  readonly code: string
  /** Where it stands. Several snippets of one file stand in it one below the other. */
  readonly file?: string
}

export interface Step {
  readonly title: string
  /** Code in it stands between backticks. */
  readonly text?: string
  readonly snippets: readonly Snippet[]
}

/** Where the program runs, as far as that decides what it can reach. */
export type Place = 'browser' | 'phone' | 'machine' | 'cloud'

export interface Guide {
  readonly id: string
  /** What sends: `Django`, `Loader tag`. */
  readonly name: string
  readonly place: Place
  readonly steps: (key: GuideKey) => readonly Step[]
}

export function step(title: string, ...rest: readonly (string | Snippet)[]): Step {
  const text = rest.filter((each) => typeof each === 'string').join(' ')
  const snippets = rest.filter((each) => typeof each !== 'string')
  return { title, ...(text === '' ? {} : { text }), snippets }
}

export function install(...rest: readonly (string | Snippet)[]): Step {
  return step('Install', ...rest)
}

export function configure(...rest: readonly (string | Snippet)[]): Step {
  return step('Configure', ...rest)
}

export function firstEvent(...rest: readonly (string | Snippet)[]): Step {
  return step('Send a first event', ...rest)
}

/** A snippet in this language, with or without the name of its file; the code loses what indents all its lines. */
export function snippet(language: Language, code: string, file?: string): Snippet {
  return { language, code: dedent(code), ...(file === undefined ? {} : { file }) }
}

export function shell(code: string): Snippet {
  return snippet('shell', code)
}

function dedent(text: string): string {
  const lines = text.replace(/^\n/, '').trimEnd().split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const indent = Math.min(...indents)
  return lines.map((line) => line.slice(indent)).join('\n')
}
