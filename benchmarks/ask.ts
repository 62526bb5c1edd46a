/** Questions to the web API of a running server, timed. */
import type { RunningServer } from '../e2e/server.ts'
import { drive, getRequest, type Shot } from './load.ts'

/** Asks a running server the same question so many times, one after the other; how long each took, in ms. */
export async function ask(server: RunningServer, path: string, count: number): Promise<number[]> {
  const port = Number(new URL(server.url).port)
  const shot: Shot = { id: path, bytes: getRequest({ port, path, token: server.token }) }
  const times: number[] = []
  let left = count
  await drive({
    port,
    connections: 1,
    next: () => (left-- > 0 ? shot : undefined),
    answered(_, status, ms, body) {
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`)
      times.push(ms)
    },
    lost: () => {
      throw new Error(`No answer to GET ${path}:\n${server.output()}`)
    },
  })
  return times
}
