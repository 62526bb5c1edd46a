/** The JavaScript loader and the SDK bundles it fetches: the `cdn` address of a DSN. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { bundleOf, findBundle, openBundles } from '../loader/bundles.ts'
import { loaderScript, noLoader } from '../loader/script.ts'
import { dsnVariants } from '../protocol/dsn.ts'
import { parsePublicKey } from '../protocol/ids.ts'
import { keyByPublicKey } from '../store/client-keys.ts'
import { projectById } from '../store/projects.ts'
import type { PlainOperation } from './endpoint.ts'
import { offeredSdkVersions } from './serialize/key.ts'

/** Options of a key reach its pages when their copies are an hour old; caches in between ask each minute. */
const LOADER_CACHE =
  'public, max-age=3600, s-maxage=60, stale-while-revalidate=315360000, stale-if-error=315360000'
/** The address of a bundle says its version, so what is behind it never changes. */
const BUNDLE_CACHE = 'public, max-age=31536000, immutable'

const script = (summary: string): PlainOperation => ({
  summary,
  method: 'GET',
  tag: 'loader',
  accepts: [],
  answer: { status: 200, type: 'text/javascript', schema: { type: 'string' } },
})

export function loaderRoutes(server: FastifyInstance, app: App): void {
  const bundles = openBundles(join(app.config.dataDir, 'js-sdk'))

  const loader = { config: { plain: script('The loader of a key, for a script tag') } }
  server.get<{ Params: { file: string } }>('/js-sdk-loader/:file', loader, async (request, reply) => {
    reply.type('text/javascript; charset=utf-8').headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': LOADER_CACHE,
    })
    const [, name, isMinified] = /^([0-9a-f]+)(\.min)?\.js$/i.exec(request.params.file) ?? []
    const publicKey = parsePublicKey(name ?? '')
    const key = publicKey && (await keyByPublicKey(app.db.read, publicKey))
    if (key === undefined || !key.isActive) return noLoader
    if ((await projectById(app.db.read, key.projectId)) === undefined) return noLoader
    const { projectId, loaderOptions: options } = key
    const bundle = await bundleOf(key.browserSdkVersion ?? offeredSdkVersions[0], options)
    const dsn = dsnVariants({
      endpoint: app.baseUrl,
      projectId,
      publicKey: key.publicKey,
      secretKey: '',
    }).public
    reply.header('surrogate-key', `project/${projectId} sdk/${bundle.version} sdk-loader`)
    return loaderScript({
      publicKey: key.publicKey,
      dsn,
      baseUrl: app.baseUrl,
      options,
      bundle,
      isMinified: isMinified !== undefined,
    })
  })

  const sdk = { config: { plain: script('A bundle of the browser SDK') } }
  server.get<{ Params: { version: string; file: string } }>(
    '/js-sdk/:version/:file',
    sdk,
    async (request, reply) => {
      const { version, file } = request.params
      const bundle = await findBundle(version, file)
      if (bundle === undefined) return reply.code(404).type('text/plain').send('There is no such bundle.\n')
      const text = await bundles.read(bundle)
      const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
      reply.type('text/javascript; charset=utf-8').headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': BUNDLE_CACHE,
        etag,
      })
      return request.headers['if-none-match'] === etag ? reply.code(304).send() : text
    },
  )
}
