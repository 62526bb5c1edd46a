/** The bundler, which works in a process of its own that ends when the work is done. */

type Bundler = typeof import('esbuild')

let last: Promise<unknown> = Promise.resolve()

/**
 * Hands the bundler to one user after the other: ending it would end the work of everybody, and strangers who ask
 * for many bundles should not keep every core busy.
 */
export function withBundler<T>(use: (bundler: Bundler) => Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    const bundler = await import('esbuild')
    try {
      return await use(bundler)
    } finally {
      await bundler.stop()
    }
  })
  last = turn.catch(() => {})
  return turn
}
