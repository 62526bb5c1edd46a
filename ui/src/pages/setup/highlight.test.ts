import { expect, test } from 'vitest'
import { platforms } from '../../parts/platforms/platforms.ts'
import { guidesFor } from './guides.ts'
import { highlight } from './highlight.ts'
import type { Language } from './snippets/guide.ts'

const marked = (code: string, language: Language) =>
  highlight(code, language)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind} ${text}`)

test.each<[Language, string, string[]]>([
  ['javascript', 'const a = "x // y"; // b', ['word const', 'string "x // y"', 'comment // b']],
  ['javascript', 'console.log(`a b`)', ['name log', 'string `a b`']],
  ['javascript', 'const constant = 12', ['word const', 'number 12']],
  ['python', 'import x  # why\nx("#")', ['word import', 'comment # why', 'name x', 'string "#"']],
  ['shell', "curl --form 'a=b' http://x", ['word curl', 'name --form', "string 'a=b'"]],
  ['php', "<?php\n$a = 'x';", ['word <?php', 'name $a', "string 'x'"]],
  ['json', '{"a": "b", "c": 1}', ['name "a"', 'string "b"', 'name "c"', 'number 1']],
  ['xml', '<a b="c">', ['word <a', 'name b', 'string "c"', 'word >']],
  ['yaml', 'a:\n  b: http://x:1/', ['name a:', 'name b:']],
  ['text', 'const "a" 1', []],
])('marks in %s what is read first: %s', (language, code, expected) => {
  expect(marked(code, language)).toEqual(expected)
})

test('never loses or adds a letter', () => {
  const key = new Proxy({}, { get: (_, name) => `http://${String(name)}.example/1` })
  const snippets = platforms.flatMap(({ id }) =>
    guidesFor(id).flatMap(({ steps }) =>
      steps({ public: 'abc', dsn: key as never }).flatMap((each) => each.snippets),
    ),
  )
  expect(snippets.length).toBeGreaterThan(300)
  for (const { code, language } of snippets) {
    const tokens = highlight(code, language)
    expect(tokens.map(({ text }) => text).join('')).toBe(code)
  }
})
