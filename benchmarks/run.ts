/** `npm run bench <name> -- <options>` runs benchmarks/<name>.ts; without a name it lists them. */

interface Benchmark {
  readonly question: string
  load(): Promise<{ run(args: readonly string[]): Promise<void> }>
  /** Another that belongs to the same question; it is run with its defaults. */
  readonly followedBy?: string
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  filters: {
    question: 'how much slower is a project with every inbound filter on?',
    load: () => import('./filters.ts'),
  },
  ingest: {
    question: 'how many events per second, beside a bare Node server on the same envelopes?',
    load: () => import('./ingest.ts'),
  },
  projects: {
    question: 'does a list of ten thousand projects page through completely, in order and quickly?',
    load: () => import('./projects.ts'),
  },
  prune: {
    question: 'does ingestion notice that a year of old counts is deleted?',
    load: () => import('./prune.ts'),
  },
  stats: {
    question:
      'how fast are project, keys and stats with ten thousand and with a million events? and then `usage`',
    load: () => import('./stats.ts'),
    followedBy: 'usage',
  },
  usage: {
    question: 'do statistics stay quick with a thousand projects and 400 days of history?',
    load: () => import('./usage.ts'),
  },
}

const [name, ...args] = process.argv.slice(2)
const chosen = name === undefined ? undefined : benchmarks[name]
if (chosen === undefined) {
  console.log('npm run bench <name> [-- --record]\n')
  for (const [each, { question }] of Object.entries(benchmarks))
    console.log(`  ${each.padEnd(8)} ${question}`)
  process.exit(name === undefined ? 0 : 1)
}
await (await chosen.load()).run(args)
const next = benchmarks[chosen.followedBy ?? '']
if (next !== undefined) await (await next.load()).run(args.filter((arg) => arg === '--record'))
