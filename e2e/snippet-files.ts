/** What somebody does who follows a set-up guide: the files it names are written, its lines go into a shell. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { guideOf } from '../ui/src/pages/setup/guides.ts'
import type { GuideKey, Snippet } from '../ui/src/pages/setup/snippets/guide.ts'
import { cleanEnvironment, type Finished, node, type RunningServer, root, run } from './server.ts'

export interface Followed {
  /** The lines for a shell, in their order. */
  readonly shells: readonly string[]
  /** What stands in a file: all snippets of it, one below the other. */
  file(name: string): string
  /** Snippets in a language that stand in no file. */
  loose(language: Snippet['language']): readonly string[]
}

/** Errors: throws when there is no such guide or file. */
export function follow(guideId: string, key: GuideKey): Followed {
  const snippets = guideOf(guideId)
    ?.steps(key)
    .flatMap((step) => step.snippets)
  if (snippets === undefined) throw new Error(`There is no guide ${guideId}`)
  return {
    shells: snippets.filter(({ language }) => language === 'shell').map(({ code }) => code),
    file(name) {
      const parts = snippets.filter((snippet) => snippet.file === name)
      if (parts.length === 0) throw new Error(`The guide ${guideId} names no file ${name}`)
      return parts.map(({ code }) => code).join('\n\n')
    },
    loose: (language) =>
      snippets
        .filter((each) => each.language === language && each.file === undefined)
        .map(({ code }) => code),
  }
}

/** Of a project's first key. */
export async function guideKeyOf(server: RunningServer, slug: string): Promise<GuideKey> {
  const [key] = await server.get<GuideKey[]>(`/projects/default/${slug}/keys/`)
  if (key === undefined) throw new Error(`Project ${slug} has no key`)
  return key
}

/** A folder in which these files stand; it is gone with its owner. */
export class Workplace implements AsyncDisposable {
  readonly folder: string
  readonly #running: ChildProcess[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(files: Readonly<Record<string, string | Uint8Array>>): Promise<Workplace> {
    const folder = await mkdtemp(join(tmpdir(), 'vedette-snippet-'))
    // Packages that a guide has installed.
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const [name, content] of Object.entries(files)) {
      const file = join(folder, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    }
    return new Workplace(folder)
  }

  /** Lines of a guide, to their end. */
  shell(lines: string): Promise<Finished> {
    return run('sh', ['-c', lines], { PATH: searchPath() }, this.folder)
  }

  /** A program that goes on until the folder is given up; waits until `url` answers, whatever that is. */
  async serve(line: string, url: string): Promise<Response> {
    const child = spawn('sh', ['-c', `exec ${line}`], {
      cwd: this.folder,
      env: { ...cleanEnvironment(), PATH: searchPath() },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.push(child)
    let said = ''
    const keep = (text: Buffer) => {
      said += text
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    for (;;) {
      try {
        return await fetch(url)
      } catch {
        if (child.exitCode !== null) throw new Error(`${line} ended with ${child.exitCode}:\n${said}`)
        await new Promise((done) => setTimeout(done, 25))
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** With our Node first, whatever the one on the PATH is. */
function searchPath(): string {
  return `${dirname(node)}:${process.env.PATH}`
}
