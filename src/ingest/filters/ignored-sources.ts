/** Violations of a content security policy that a page cannot help: extensions, adware, the browser itself. */
import { fieldOf } from '../../protocol/event-fields.ts'
import { isObject } from '../../protocol/json.ts'
import { sourceMatcher } from '../../protocol/origins.ts'
import { listOf, optionOf, type StoredOptions } from '../../protocol/project-options.ts'
import type { EventSubject, Run } from './filter.ts'

/** Source: ingest protocol 8.6. */
const defaultSources: readonly string[] = [
  'about',
  'ms-browser-extension',
  'chrome://*',
  'chrome-extension://*',
  'chromeinvokeimmediate://*',
  'chromenull://*',
  'data:text/html,chromewebdata',
  'safari-extension://*',
  'mxaddon-pkg://*',
  'jar://*',
  'webviewprogressproxy://*',
  'ms-browser-extension://*',
  'tmtbff://*',
  'mbinit://*',
  'symres://*',
  'resource://*',
  'moz-extension://*',
  '*.metrext.com',
  'static.image2play.com',
  '*.tlscdn.com',
  '73a5b0806e464be8bd4e694c744624f0.com',
  '020dfefc4ac745dab7594f2f771c1ded.com',
  '*.superfish.com',
  'addons.mozilla.org',
  'v.zilionfast.in',
  'widgets.amung.us',
  'xls.searchfun.in',
  'istatic.datafastguru.info',
  'localhost',
  'resultshub-a.akamaihd.net',
  'pulseadnetwork.com',
  'gateway.zscalertwo.net',
  'www.passpack.com',
  'middlerush-a.akamaihd.net',
  'www.websmartcenter.com',
  'a.linkluster.com',
  'saveyoutime.ru',
  'cdncache-a.akamaihd.net',
  'x.rafomedia.com',
  'savingsslider-a.akamaihd.net',
  'injections.adguard.com',
  'icontent.us',
  'amiok.org',
  'connectionstrenth.com',
  'siteheart.net',
  'netanalitics.space',
  'printapplink.com',
  'godlinkapp.com',
  'devappstor.com',
  'hoholikik.club',
  'smartlink.cool',
  'promfflinkdev.com',
]

const isDefaultSource = sourceMatcher(defaultSources)
const runByDefault = runBy(isDefaultSource)

export function ignoredSources(options: StoredOptions): Run<EventSubject> | undefined {
  const runOfProject = runBy(sourceMatcher(listOf(options, 'sentry:csp_ignored_sources')))
  if (optionOf<unknown>(options, 'sentry:csp_ignored_sources_defaults') !== true) return runOfProject
  if (runOfProject === undefined) return runByDefault
  return (subject) => runByDefault?.(subject) === true || runOfProject(subject)
}

function runBy(isIgnored: ((uri: string) => boolean) | undefined): Run<EventSubject> | undefined {
  if (isIgnored === undefined) return undefined
  return ({ payload, summary }) => {
    const csp = summary.type === 'csp' ? fieldOf(payload, 'csp') : undefined
    if (!isObject(csp)) return false
    return [csp.blocked_uri, csp.source_file].some((uri) => isIgnored(typeof uri === 'string' ? uri : ''))
  }
}
