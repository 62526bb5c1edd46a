import { CopyButton } from '../../parts/copy.tsx'
import classes from './code-block.module.css'
import { highlight } from './highlight.ts'
import type { Snippet } from './snippets/guide.ts'

/** A snippet under the name of its file, to be copied in one click. Long lines wrap. */
export function CodeBlock({ language, code, file }: Snippet) {
  const name = file ?? (language === 'shell' || language === 'powershell' ? 'In a shell' : undefined)
  return (
    <figure className={classes.block} data-named={name !== undefined || undefined}>
      {name !== undefined && <figcaption className={classes.name}>{name}</figcaption>}
      <span className={classes.copy}>
        <CopyButton value={code} label={file ?? 'code'} />
      </span>
      <pre className={classes.code} translate="no">
        <code>
          {highlight(code, language).map(({ kind, text }, index) =>
            kind === 'plain' ? (
              text
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: tokens never move
              <span key={index} data-token={kind}>
                {text}
              </span>
            ),
          )}
        </code>
      </pre>
    </figure>
  )
}
