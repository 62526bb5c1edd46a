/** Errors that a robot met while it read a page. */
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import { requestHeader } from '../../protocol/request-headers.ts'
import type { EventSubject, Run } from './filter.ts'
import { remembering } from './user-agents.ts'

/** A dot stands for any character. Source: ingest protocol 7.6. */
const crawlers = anyOf(
  'Mediapartners-Google',
  'AdsBot-Google',
  'Googlebot',
  'FeedFetcher-Google',
  'Storebot-Google',
  'BingBot',
  'BingPreview',
  'Baiduspider',
  'Slurp',
  'Sogou',
  'facebook',
  'meta-',
  'ia_archiver',
  'Slack',
  'Calypso AppCrawler',
  'pingdom',
  'lyticsbot',
  'AWS Security Scanner',
  'HubSpot Crawler',
  'Bytespider',
  'Better Uptime',
  'Cloudflare-Healthchecks',
  'GTmetrix',
  'BrightEdgeOnCrawl',
  'ELB-HealthChecker',
  'naver.me/spd',
  'ClaudeBot',
  'CCBot',
  'OAI-SearchBot',
  'GPTBot',
  'PerplexityBot',
  'Applebot',
  'DuckDuckBot',
  '(?:bots?|spider)(?:[/\\s);]|$)',
)

/** Robots that somebody has sent: the page of a chat, the project's own uptime check. */
const welcome = anyOf('Slackbot 1\\.\\d+', 'SentryUptimeBot', 'ChatGPT-User')

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|'), 'i')
}

const isUnwanted = remembering((userAgent) => crawlers.test(userAgent) && !welcome.test(userAgent))

const run: Run<EventSubject> = ({ payload }) => {
  const userAgent = requestHeader(payload, 'user-agent')
  return userAgent !== undefined && isUnwanted(userAgent)
}

/** The name by which a robot was known; undefined when it is nobody's. */
export function crawlerIn(userAgent: string): string | undefined {
  const match = crawlers.exec(userAgent)
  if (match === null) return undefined
  // The last pattern takes the end of a name and what follows it. Names are short.
  const before = userAgent.slice(Math.max(0, match.index - 40), match.index)
  return ((/[\w-]*$/.exec(before)?.[0] ?? '') + match[0]).replace(/[/\s);]+$/, '')
}

export function webCrawlers(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:web-crawlers') ? run : undefined
}
