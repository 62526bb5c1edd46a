/** What goes wrong in search. */

import type { JsonObject } from '../../protocol/json.ts'
import { HOUR } from '../../time.ts'
import type { Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, frame } from './parts.ts'
import { address, onServer } from './surroundings.ts'

const sdk = { name: 'sentry.go', version: '0.36.2' } as const

const source = (pkg: string, file: string, fn: string, line: number) => ({
  file: `${pkg}/${file}`,
  fn,
  line,
  module: `acme.example/search/${pkg}`,
  absPath: `/src/${pkg}/${file}`,
})
const runtime = [
  frame({
    file: 'net/http/server.go',
    fn: 'HandlerFunc.ServeHTTP',
    line: 2322,
    module: 'net/http',
    inApp: false,
  }),
]

const server = (o: Occasion) => onServer(o, 'search', { name: 'go', version: 'go1.25.1' })

function asked({ random }: Occasion, path: string): JsonObject {
  return {
    transaction: `GET ${path}`,
    request: {
      method: 'GET',
      url: `https://search.acme.example${path}`,
      query_string: `q=${random.pick(['oak+chair', 'lamp', 'rug', '%C3%A9tag%C3%A8re'])}&limit=24`,
      headers: {
        Host: 'search.acme.example',
        'User-Agent': 'acme-storefront/5.15',
        Accept: 'application/json',
      },
      env: { REMOTE_ADDR: address(random) },
    },
  }
}

export function searchIssues({ reindexing }: { reindexing: number }): readonly Issue[] {
  return [
    {
      weight: 6,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'go',
          ...server(o),
          ...asked(o, '/v1/search'),
          exception: {
            values: [
              exception('*errors.errorString', 'context deadline exceeded', [], {
                type: 'chained',
                exception_id: 1,
                parent_id: 0,
                source: 'Unwrap',
              }),
              exception(
                '*index.QueryError',
                'query "products": shard 3: context deadline exceeded',
                [
                  ...runtime,
                  frame(
                    source('api', 'search.go', '(*Server).search', 58),
                    `
	query := parse(r.URL.Query().Get("q"))
>	hits, err := s.index.Query(r.Context(), query, limit)
	if err != nil {
		return fail(w, err)
	}`,
                  ),
                  frame(
                    source('index', 'query.go', '(*Index).Query', 131),
                    `
	for shard, result := range results {
		if result.err != nil {
>			return nil, &QueryError{Index: ix.name, Shard: shard, Err: result.err}
		}
		hits = merge(hits, result.hits)
	}`,
                  ),
                ],
                { type: 'generic', handled: true, exception_id: 0 },
              ),
            ],
          },
          tags: { shard: '3', index: 'products' },
        }),
    },
    {
      weight: 4,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'go',
          level: 'fatal',
          ...server(o),
          ...asked(o, '/v1/suggest'),
          exception: {
            values: [
              exception(
                'runtime.boundsError',
                'runtime error: slice bounds out of range [:24] with capacity 17',
                [
                  ...runtime,
                  frame(
                    source('api', 'suggest.go', '(*Server).suggest', 44),
                    `
	terms := s.terms.WithPrefix(prefix)
>	return write(w, terms[:limit])
}`,
                  ),
                ],
                { type: 'panic', handled: false },
              ),
            ],
          },
        }),
    },
    {
      weight: 0,
      burst: { from: reindexing, to: reindexing + 1.3 * HOUR, count: 16 },
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'go',
          ...server(o),
          breadcrumbs: breadcrumbs(o.at, [
            [312, 'reindex', 'started', { data: { source: 'catalogue', documents: 181_220 } }],
            [4, 'reindex', 'segment 41 merged', { level: 'debug' }],
          ]),
          exception: {
            values: [
              exception(
                '*fs.PathError',
                'write /var/lib/search/segments/000041.seg: no space left on device',
                [
                  frame(
                    source('index', 'segment.go', '(*Writer).Flush', 209),
                    `
	for _, block := range w.blocks {
>		if _, err := w.file.Write(block); err != nil {
			return fmt.Errorf("flush segment %d: %w", w.number, err)
		}
	}`,
                  ),
                ],
              ),
            ],
          },
        }),
    },
    {
      weight: 3,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'go',
          level: 'warning',
          ...server(o),
          message: 'Synonyms file has 3 entries without a target, skipped',
        }),
    },
  ]
}
