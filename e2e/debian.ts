/** Programs that a proof needs and that no package of npm brings: taken from Debian where that can be done. */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSTALL_LIMIT_MS = 300_000
/** Another process may be installing something. */
const LOCK_LIMIT_S = 120

/**
 * Whether `program` is there, after the attempt to install the package that brings it: by root, on a machine with
 * apt-get. Says plainly when it is not, because what depends on it will be skipped.
 *
 * Shape: `program` is a path, like /usr/bin/chromium.
 */
export function debianPackage(name: string, program: string): boolean {
  if (existsSync(program)) return true
  const why = install(name)
  if (why === undefined && existsSync(program)) return true
  console.warn(`Skipped: what needs ${program}, because ${why ?? `the package ${name} does not bring it`}`)
  return false
}

/** Why the package could not be installed; undefined if it was. */
function install(name: string): string | undefined {
  if (process.getuid?.() !== 0) return `only root can install the package ${name}`
  if (spawnSync('apt-get', ['--version']).status !== 0) return `there is no apt-get to install ${name} with`
  // Without fresh lists the package may still be found.
  aptGet('update')
  const { status, stderr } = withoutServices(() =>
    aptGet('install', '--yes', '--no-install-recommends', name),
  )
  return status === 0 ? undefined : `apt-get could not install ${name}: ${stderr.trim().split('\n').at(-1)}`
}

/** What Debian asks before it starts the service of a package. */
const policyFile = '/usr/sbin/policy-rc.d'

/** Proofs start programs themselves. */
function withoutServices<T>(work: () => T): T {
  if (existsSync(policyFile)) return work()
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return work()
  } finally {
    rmSync(policyFile)
  }
}

/** One at a time among the proofs: of two that fetch lists, the second would fail instead of waiting. */
function aptGet(...args: readonly string[]) {
  const options = ['--quiet=2', '--option', `DPkg::Lock::Timeout=${LOCK_LIMIT_S}`]
  return spawnSync('flock', [join(tmpdir(), 'vedette-apt.lock'), 'apt-get', ...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
  })
}
