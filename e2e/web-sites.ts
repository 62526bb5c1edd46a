/** Web sites on this machine for a browser to visit, over TLS where browsers insist on it. */
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** Names its public key, for a browser that is told to trust it. */
  readonly fingerprint: string
}

/** A certificate of 127.0.0.1 and localhost that signs itself. */
export async function newCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-certificate-'))
  try {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
    const files = ['-keyout', keyFile, '-out', certFile]
    execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...subject, ...files], {
      stdio: 'ignore',
    })
    const [key, cert] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')]
    const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
    return { key, cert, fingerprint: createHash('sha256').update(publicKey).digest('base64') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export interface Site extends AsyncDisposable {
  readonly port: number
}

type Handler = (incoming: IncomingMessage, response: ServerResponse) => void

/** Listens on 127.0.0.1; without a certificate it speaks plain HTTP. */
export async function openSite(handler: Handler, certificate?: Certificate, port = 0): Promise<Site> {
  const server = certificate ? createTlsServer(certificate, handler) : createServer(handler)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers `/` with a page, the icon that every browser asks for with nothing, and any other path with 500. */
export function page(headers: Readonly<Record<string, string>>, body: string): Handler {
  return ({ url }, response) => {
    if (url === '/')
      response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(`<!doctype html>${body}`)
    else response.writeHead(url === '/favicon.ico' ? 204 : 500).end()
  }
}

/** Passes everything on to a server behind it. */
export function passOn(serverUrl: () => string): Handler {
  return (incoming, response) => {
    const { method, url = '/', headers } = incoming
    const behind = request(new URL(url, serverUrl()), { method: method ?? 'GET', headers })
    behind.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    behind.on('error', () => response.destroy())
    incoming.pipe(behind)
  }
}
