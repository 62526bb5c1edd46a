/** Server-sent events, as far as an answer that only has data in it needs. Source: HTML, section 9.2. */

/** Takes an answer as it comes, in pieces of any size; each call answers the data of the events that it completed. */
export function eventReader(): (piece: string) => readonly string[] {
  let rest = ''
  let data: string[] = []
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    const events: string[] = []
    for (const line of lines.map((text) => text.replace(/\r$/, ''))) {
      const [, value] = /^data: ?(.*)$/.exec(line) ?? []
      if (value !== undefined) data.push(value)
      else if (line === '' && data.length > 0) {
        events.push(data.join('\n'))
        data = []
      }
    }
    return events
  }
}
