/** Keeps figures together with the machine and the day they were measured on. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Appends a section to `results/<name>.md`, which begins with a line of `about`. */
export function record(name: string, about: string, table: string): string {
  const file = fileURLToPath(new URL(`results/${name}.md`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  if (!existsSync(file)) writeFileSync(file, `# ${name}\n\n${about}\n`)
  appendFileSync(
    file,
    `\n## ${new Date().toISOString().slice(0, 10)}, ${commit()}\n\n${machine()}\n\n${table}\n`,
  )
  return file
}

export function machine(): string {
  const all = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${all.length} × ${all[0]?.model.trim()}, ${gib} GiB, ${type()} ${release()}, Node ${process.versions.node}`
}

function commit(): string {
  try {
    return `commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()}`
  } catch {
    return 'no commit'
  }
}

/** The most memory a process has held resident so far, in MiB; undefined where the system does not say. */
export function peakResidentMib(pid: number): number | undefined {
  return statusMib(pid, 'VmHWM')
}

/** What it holds resident now. */
export function residentMib(pid: number): number | undefined {
  return statusMib(pid, 'VmRSS')
}

function statusMib(pid: number, name: string): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]
    return kib === undefined ? undefined : Number(kib) / 1024
  } catch {
    return undefined
  }
}

/** The same by looking now and then, for systems without /proc. */
export function watchResidentMib(pid: number): { peak(): number | undefined; stop(): void } {
  let highest: number | undefined
  const look = () => {
    try {
      const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
      highest = Math.max(highest ?? 0, kib / 1024)
    } catch {
      // The process has ended, or there is no ps.
    }
  }
  const timer = peakResidentMib(pid) === undefined ? setInterval(look, 250) : undefined
  return {
    peak: () => peakResidentMib(pid) ?? highest,
    stop: () => clearInterval(timer),
  }
}

/** A Markdown table whose columns line up in a terminal too. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n')
}
