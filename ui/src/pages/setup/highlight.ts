/** Code, cut into what is coloured alike. No grammar: strings, comments, numbers and a few words are enough. */
import type { Language } from './snippets/guide.ts'

export type TokenKind = 'plain' | 'comment' | 'string' | 'number' | 'word' | 'name'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

type Rule = readonly [kind: TokenKind, pattern: RegExp]

/** Joined, the texts of all tokens are the code. */
export function highlight(code: string, language: Language): readonly Token[] {
  const rules = rulesOf[language]
  const tokens: Token[] = []
  let plainFrom = 0
  let at = 0
  const endPlain = (end: number) => {
    if (end > plainFrom) tokens.push({ kind: 'plain', text: code.slice(plainFrom, end) })
  }
  while (at < code.length) {
    const found = firstMatch(rules, code, at)
    if (found === undefined) {
      at += 1
      continue
    }
    endPlain(at)
    tokens.push(found)
    at += found.text.length
    plainFrom = at
  }
  endPlain(code.length)
  return tokens
}

function firstMatch(rules: readonly Rule[], code: string, at: number): Token | undefined {
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at
    const text = pattern.exec(code)?.[0]
    if (text !== undefined && text !== '') return { kind, text }
  }
  return undefined
}

const doubleQuoted: Rule = ['string', /"(?:[^"\\\n]|\\.)*"/y]
const singleQuoted: Rule = ['string', /'(?:[^'\\\n]|\\.)*'/y]
const slashComment: Rule = ['comment', /\/\/[^\n]*|\/\*[\s\S]*?\*\//y]
const hashComment: Rule = ['comment', /(?<=^|\s)#[^\n]*/my]
const number: Rule = ['number', /(?<![\w.])\d[\d_.]*\b/y]
/** Not coloured, and read whole, so that no part of it is taken for something else. */
const otherWord: Rule = ['plain', /[A-Za-z_$][\w$]*/y]
/** What is called. */
const called: Rule = ['name', /[A-Za-z_$][\w$]*(?=[!(])/y]

function words(list: string): Rule {
  return ['word', new RegExp(`(?<![\\w$.-])(?:${list.split(' ').join('|')})(?![\\w$-])`, 'y')]
}

function code(list: string, ...special: readonly Rule[]): readonly Rule[] {
  return [...special, slashComment, doubleQuoted, singleQuoted, number, words(list), called, otherWord]
}

const javascriptWords =
  'as async await catch class const default else export extends false finally for from function if import in interface let new null of return satisfies static super this throw true try type typeof undefined var void while'
const template: Rule = ['string', /`(?:[^`\\]|\\.)*`/y]
const directive: Rule = ['word', /#\w+/y]
const attribute: Rule = ['word', /@\w+/y]
const markup: readonly Rule[] = [
  ['comment', /<!--[\s\S]*?-->/y],
  ['word', /<\/?[\w:.-]+|\/?>/y],
  doubleQuoted,
  ['name', /[\w:@.-]+(?==)/y],
]
const scriptInMarkup: readonly Rule[] = [
  ...markup,
  words('const function new throw import return'),
  called,
  otherWord,
]

const rulesOf: Readonly<Record<Language, readonly Rule[]>> = {
  javascript: code(javascriptWords, template),
  typescript: code(`${javascriptWords} declare readonly string`, template, attribute),
  python: [
    hashComment,
    doubleQuoted,
    singleQuoted,
    number,
    attribute,
    words(
      'and as async await class def del elif else except False finally for from if import in is lambda None not or pass raise return self True try while with yield',
    ),
    called,
    otherWord,
  ],
  go: code(
    'break case chan const defer else error for func go if import interface map nil package panic range return select string struct switch true false type var',
  ),
  java: code(
    'abstract boolean catch class else extends false final finally for if implements import interface new null package private protected public return static String super this throw throws true try void',
    attribute,
  ),
  kotlin: code(
    'class else false for fun if import in is null object override package private return super this throw true try val var when',
    attribute,
  ),
  swift: code(
    'body case class else false for func guard if import in init let nil return self some struct true try var while',
    attribute,
  ),
  csharp: code(
    'async await base bool catch class else false for foreach if interface internal long namespace new null object out override partial private protected public readonly return static string this throw true try using var void',
  ),
  rust: code(
    'as async await const crate else enum false fn for if impl in let match mod mut pub return self struct true use while',
  ),
  cpp: code(
    'auto bool char class const delete false for if int long map namespace new nullptr return static std string struct true using void while',
    directive,
  ),
  dart: code(
    'as async await class const else false final for if import in new null override required return this throw true try var void while',
  ),
  php: [
    ['word', /<\?php/y],
    ['name', /\$\w+/y],
    slashComment,
    hashComment,
    doubleQuoted,
    singleQuoted,
    number,
    words(
      'array class else false fn for foreach function if namespace new null public require return static throw true try use while',
    ),
    called,
    otherWord,
  ],
  ruby: [
    hashComment,
    doubleQuoted,
    singleQuoted,
    ['name', /(?<![\w:]):\w+/y],
    number,
    words(
      'begin class def do else elsif end ensure false if module nil raise require rescue return run self then true unless use while yield',
    ),
    otherWord,
  ],
  elixir: [
    hashComment,
    doubleQuoted,
    ['name', /(?<![\w:]):\w+|\b\w+:(?=\s)/y],
    number,
    words('config def defp defmodule do end else false fn if import nil plug true use'),
    called,
    otherWord,
  ],
  shell: [
    hashComment,
    doubleQuoted,
    ['string', /'[^']*'/y],
    ['name', /(?<=\s)--?[A-Za-z][\w-]*/y],
    ['word', /(?<=^|\|\s*\n?\s*)(?:[A-Z_]+=\S+\s+)?[\w./-]+(?=\s|$)/my],
    otherWord,
  ],
  powershell: [
    hashComment,
    doubleQuoted,
    ['string', /'[^']*'/y],
    ['name', /\$[\w.]+|(?<=\s)-\w+/y],
    words('catch else finally foreach function if param return throw try'),
    ['word', /[A-Z]\w+-[A-Z]\w+/y],
    otherWord,
  ],
  json: [['name', /"(?:[^"\\\n]|\\.)*"(?=\s*:)/y], doubleQuoted, number, words('true false null')],
  yaml: [hashComment, ['name', /[\w./-]+:(?=\s|$)/my], doubleQuoted, singleQuoted, ['plain', /\S+/y]],
  toml: [hashComment, ['word', /^\[[^\]\n]+\]/my], ['name', /^[\w.-]+(?=\s*=)/my], doubleQuoted, number],
  ini: [hashComment, ['word', /^\[[^\]\n]+\]/my], ['name', /^[\w.-]+(?=\s*=)/my], doubleQuoted],
  http: [
    ['name', /^[\w-]+:/my],
    ['string', /"[^"\n]*"|'[^'\n]*'/y],
  ],
  html: scriptInMarkup,
  xml: markup,
  text: [],
}
