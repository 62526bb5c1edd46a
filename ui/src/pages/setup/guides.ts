/** Which guides there are for a platform. */
import { browserGuides, loader } from './snippets/browser.ts'
import { dotnetGuides } from './snippets/dotnet.ts'
import { fullStackGuides } from './snippets/full-stack.ts'
import { gameGuides } from './snippets/games.ts'
import { goGuides } from './snippets/go.ts'
import type { Guide } from './snippets/guide.ts'
import { browserReports, curl, httpGuides, openTelemetry } from './snippets/http.ts'
import { jvmGuides } from './snippets/jvm.ts'
import { mobileGuides } from './snippets/mobile.ts'
import { minidump, native, nativeGuides } from './snippets/native.ts'
import { nodeGuides } from './snippets/node.ts'
import { phpGuides } from './snippets/php.ts'
import { pythonGuides } from './snippets/python.ts'
import { wrappedPythonGuides } from './snippets/python-wrapped.ts'
import { rubyGuides } from './snippets/ruby.ts'
import { serverlessGuides } from './snippets/serverless.ts'
import { systemGuides } from './snippets/systems.ts'

const guides: ReadonlyMap<string, Guide> = new Map(
  [
    ...browserGuides,
    ...fullStackGuides,
    ...nodeGuides,
    ...serverlessGuides,
    ...pythonGuides,
    ...wrappedPythonGuides,
    ...goGuides,
    ...jvmGuides,
    ...mobileGuides,
    ...phpGuides,
    ...rubyGuides,
    ...dotnetGuides,
    ...systemGuides,
    ...nativeGuides,
    ...gameGuides,
    ...httpGuides,
  ].map((guide) => [guide.id, guide]),
)

export function guideOf(id: string): Guide | undefined {
  return guides.get(id)
}

/** Ids that other platforms are set up like. */
const alike: Readonly<Record<string, string>> = {
  'go-martini': 'go',
  'cocoa-swift': 'apple-ios',
  'cocoa-objc': 'apple-ios',
  csharp: 'dotnet',
  c: 'native',
}

/**
 * The ways to send from this platform: with its SDK first, then the others that are worth a thought. A platform
 * that is not known is set up like the one its id begins with.
 */
export function guidesFor(platform: string | null | undefined): readonly Guide[] {
  const id = platform || 'other'
  const sdk = guides.get(id) ?? guides.get(alike[id] ?? '') ?? guides.get(id.split('-')[0] ?? '')
  const others = sdk === undefined ? [curl, openTelemetry, minidump] : othersFor(sdk, id)
  return [...(sdk ? [sdk] : []), ...others.filter((each) => each !== sdk)]
}

function othersFor(sdk: Guide, id: string): readonly Guide[] {
  if (sdk.place === 'browser') return [loader, browserReports, curl]
  if (id === 'minidump') return [native, curl]
  if (id.startsWith('native') || id === 'electron' || id === 'unreal') return [minidump, curl]
  if (sdk.place === 'phone') return [curl]
  return [openTelemetry, curl]
}
