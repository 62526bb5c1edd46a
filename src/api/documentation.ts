/** The API's own documentation: the OpenAPI document, and a page to browse it. */
import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { version } from '../version.ts'
import { endpoint, nothing, ok, type PlainOperation } from './endpoint.ts'
import { type Documented, type OpenApiDocument, openApiDocument } from './openapi.ts'

/** Everything is served from here, scripts stand in files of their own. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Vedette API</title>
    <link rel="stylesheet" href="swagger-ui.css">
  </head>
  <body>
    <main id="reference"></main>
    <script src="swagger-ui-bundle.js"></script>
    <script src="reference.js"></script>
  </body>
</html>
`

const script = `SwaggerUIBundle({
  url: '../0/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: ['get'],
})
`

/** `documented` is the list of all routes; it is complete when the server is ready. */
export function documentationRoutes(
  server: FastifyInstance,
  app: App,
  documented: readonly Documented[],
): void {
  let document: OpenApiDocument | undefined
  endpoint(server, app, {
    path: '/api/0/openapi.json',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      GET: {
        summary: 'This document',
        response: { 200: Type.Object({ openapi: Type.String() }, { additionalProperties: true }) },
        handle: async () => {
          document ??= openApiDocument(documented, { url: app.baseUrl, version })
          return ok(document)
        },
      },
    },
  })

  const plain = (summary: string, type: string): PlainOperation => ({
    summary,
    method: 'GET',
    tag: 'server',
    accepts: [],
    answer: { status: 200, type, schema: { type: 'string' } },
  })
  const file = (name: string, summary: string, type: string, body: () => unknown) =>
    server.get(`/api/docs/${name}`, { config: { plain: plain(summary, type) } }, async (_, reply) => {
      reply.header('content-security-policy', POLICY).header('cache-control', 'max-age=3600')
      return reply.type(type).send(body())
    })
  const packaged = (name: string) => () =>
    createReadStream(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)))

  file('', 'The API reference, to browse', 'text/html', () => page)
  file('reference.js', 'Script of the API reference', 'text/javascript', () => script)
  for (const [name, type] of [
    ['swagger-ui.css', 'text/css'],
    ['swagger-ui-bundle.js', 'text/javascript'],
  ] as const) {
    file(name, 'Part of the API reference', type, packaged(name))
  }
}
