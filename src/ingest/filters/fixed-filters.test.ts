/** The filters that a project only switches on or off: every row of section 7 of the ingest protocol. */
import { describe, expect, test } from 'vitest'
import { allOff, byAgent, on, requested, takes, thrown, transaction } from '../../../tests/filter-trial.ts'
import type { JsonObject } from '../../protocol/json.ts'

describe('localhost', () => {
  const isTaken = (payload: JsonObject, clientIp?: string) =>
    takes(on('localhost'), 'localhost', payload, clientIp)

  test.each([
    'http://localhost',
    'http://localhost/a',
    'https://localhost:3000/a?b#c',
    'HTTP://LOCALHOST/',
    'http://ann:secret@localhost/',
    'http://127.0.0.1/',
    'http://127.0.0.1:8000',
    'http://app.localhost/',
    'http://a.b.127.0.0.1/',
    'ws://localhost/a',
    'file:///home/ann/index.html',
    'file:/a',
  ])('takes the URL %s', (url) => expect(isTaken(requested({ url }))).toBe(true))

  test.each([
    'http://localhost.com/',
    'http://foolocalhost/',
    'http://localhostbar/',
    'http://localhost.sentry.io/',
    'http://127.0.0.10/',
    'http://1127.0.0.1/',
    'http://example.com/localhost',
    'http://example.com/?url=http://localhost/',
    'http://example.com#@localhost',
    'https://files.example.com/file:',
    'localhost',
    '/a',
  ])('leaves the URL %s', (url) => expect(isTaken(requested({ url }))).toBe(false))

  test.each<[string, JsonObject, boolean]>([
    ['the user’s address', { user: { ip_address: '127.0.0.1' } }, true],
    ['the user’s IPv6 address', { user: { ip_address: '::1' } }, true],
    ['another of the machine’s addresses', { user: { ip_address: '127.0.0.2' } }, false],
    ['X-Forwarded-For', requested({ headers: { 'X-Forwarded-For': '127.0.0.1' } }), true],
    ['X-Forwarded-For, with IPv6', requested({ headers: [['x-forwarded-for', '::1']] }), true],
    [
      'a chain of X-Forwarded-For',
      requested({ headers: { 'X-Forwarded-For': '127.0.0.1, 203.0.113.9' } }),
      false,
    ],
    ['Host', requested({ headers: { Host: 'localhost:3000' } }), true],
    ['host in lower case', requested({ headers: { host: '127.0.0.1' } }), true],
    ['X-Forwarded-Host', requested({ headers: { 'X-Forwarded-Host': 'localhost' } }), true],
    ['another Host', requested({ headers: { Host: 'localhost.sentry.io' } }), false],
    ['a subdomain in Host', requested({ headers: { Host: 'app.localhost' } }), false],
    ['Host and a path', requested({ url: '/a', headers: { Host: 'localhost' } }), true],
    ['Host and a URL', requested({ url: 'https://a.example/', headers: { Host: 'localhost' } }), false],
    ['nothing', { message: 'The lamp went out' }, false],
  ])('looks at %s', (_, payload, expected) => expect(isTaken(payload)).toBe(expected))

  test('takes the sender for the user where the SDK runs at the user’s', () => {
    const local = '127.0.0.1'
    expect([
      isTaken({ platform: 'javascript' }, local),
      isTaken({ user: { ip_address: '{{auto}}' } }, local),
      isTaken({ platform: 'javascript', user: { ip_address: '203.0.113.9' } }, local),
      isTaken({ platform: 'python' }, local),
      isTaken({ platform: 'javascript' }, '203.0.113.9'),
    ]).toEqual([true, true, false, false, false])
  })
})

describe('browser-extensions', () => {
  const isTaken = (payload: JsonObject) => takes(on('browser-extensions'), 'browser-extensions', payload)
  const from = (...paths: (string | undefined)[]) =>
    thrown({
      type: 'Error',
      value: 'It went out',
      stacktrace: { frames: paths.map((path) => ({ function: 'f', abs_path: path })) },
    })

  test.each([
    'top.GLOBALS',
    'originalCreateNotification',
    'canvas.contentDocument',
    'canvas/contentDocument',
    'MyApp_RemoveAllHighlights',
    'http://tt.epicplay.com',
    "Can't find variable: ZiteReader",
    "Can't find variable: gmo",
    'jigsaw is not defined',
    'ComboSearch is not defined',
    'http://loading.retry.widdit.com/',
    'atomicFindClose',
    'conduitPage',
    "null is not an object (evaluating 'elt.parentNode')",
    "null is not an object (evaluating 'elt_parentNode')",
    'plugin.setSuspendState is not a function',
    'Extension context invalidated',
    'webkit-masked-url:',
    "can't access dead object",
    'fb_xd_fragment',
    'bmi_SafeAddOnload',
    'EBCallBackMessageReceived',
    '_gCrWeb',
  ])('takes the value %s, wherever it stands and however it is cased', (text) => {
    const spellings = [text, `what if ${text.toUpperCase()} were there`]
    expect(spellings.map((value) => isTaken(thrown({ type: 'Error', value })))).toEqual([true, true])
  })

  test.each([
    'top_GLOBALS',
    'canvascontentDocument',
    'http://tt-epicplay-com',
    "null is not an object (evaluating 'eltparentNode')",
    'jigsaw is defined',
    '',
  ])('leaves the value %j', (value) => expect(isTaken(thrown({ type: 'Error', value }))).toBe(false))

  test.each([
    'https://graph.facebook.com/',
    'https://connect.facebook.net/en_US/sdk.js',
    'https://eatdifferent.com.woopra-ns.com/main.js',
    'https://static.woopra.com/js/woopra.js',
    'chrome://my-extension/or/something',
    'chrome-extension://my-extension/or/something',
    'moz-extension://my-extension/or/something',
    'safari-extension://my-extension/or/something',
    'safari-web-extension://my-extension/or/something',
    'webkit-masked-url://hidden/',
    'http://127.0.0.1:4001/isrunning',
    'https://webappstoolbarba.texthelp.com/a',
    'https://metrics.itunes.apple.com.edgesuite.net/itunespreview/itunes/browser:firefox',
    'https://me.kaspersky-labs.com/FD126C42-EBFA-4E12-B309-BB3FDD723AC1/main.js',
  ])('takes the source %s', (path) => {
    expect([path, path.toUpperCase()].map((spelt) => isTaken(from('https://a.example/a.js', spelt)))).toEqual(
      [true, true],
    )
  })

  test.each([
    'https://a.example/a.js',
    'https://a.example/chrome://b',
    'https://a.example/?chrome-extension://b',
    'https://a.example/safari-extension://b',
    'https://graphXfacebook.com/',
  ])('leaves the source %s', (path) => expect(isTaken(from(path))).toBe(false))

  test.each<[string, boolean, (string | undefined)[]]>([
    ['the last frame', true, ['https://a.example/a.js', 'chrome://a']],
    ['not an outer one', false, ['chrome://a', 'https://a.example/a.js']],
    ['the last but anonymous ones', true, ['chrome://a', '<anonymous>', '[native code]', '<anonymous>']],
    ['nothing behind a frame without a place', false, ['chrome://a', undefined]],
    ['nothing where all are anonymous', false, ['<anonymous>']],
    ['nothing where there is no frame', false, []],
  ])('looks at %s', (_, expected, paths) => expect(isTaken(from(...paths))).toBe(expected))

  test('knows a frame by its file when it states no path', () => {
    const stacktrace = { frames: [{ filename: 'chrome-extension://a/b.js' }, { filename: '<anonymous>' }] }
    expect(isTaken(thrown({ value: 'It went out', stacktrace }))).toBe(true)
  })

  test('looks at the first exception only', () => {
    const own = { type: 'Error', value: 'It went out' }
    const foreign = { type: 'Error', value: 'conduitPage' }
    expect([isTaken(thrown(foreign, own)), isTaken(thrown(own, foreign)), isTaken(foreign)]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('legacy-browsers', () => {
  const agents = {
    'IE 8': 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)',
    'IE 9': 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)',
    'IE 10': 'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)',
    'IE 11': 'Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko',
    'IE Mobile 9': 'Mozilla/5.0 (compatible; MSIE 9.0; Windows Phone OS 7.5; Trident/5.0; IEMobile/9.0; HTC)',
    'Edge 18': chrome('64.0.3282.140', ' Edge/18.17763'),
    'Edge 79': chrome('79.0.3945.74', ' Edg/79.0.309.43'),
    'Edge 110': chrome('110.0.0.0', ' Edg/110.0.1587.50'),
    'Edge 111': chrome('111.0.0.0', ' Edg/111.0.1661.41'),
    'Safari 5': safari('5.0.5', '533.21.1'),
    'Safari 6': safari('6.0', '536.26.14'),
    'Safari 15': safari('15.6.1', '605.1.15'),
    'Safari 16': safari('16.0', '605.1.15'),
    'Firefox 110': 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/110.0',
    'Firefox 111': 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/111.0',
    'Chrome 110': chrome('110.0.0.0'),
    'Chrome 111': chrome('111.0.0.0'),
    'Opera 12': 'Opera/9.80 (Windows NT 6.1; U; de) Presto/2.12.388 Version/12.18',
    'Opera 15': chrome('28.0.1500.52', ' OPR/15.0.1147.100'),
    'Opera 99': chrome('113.0.0.0', ' OPR/99.0.0.0'),
    'Opera 100': chrome('114.0.0.0', ' OPR/100.0.0.0'),
    'Opera Mini 7':
      'Opera/9.80 (J2ME/MIDP; Opera Mini/7.0.32796/59.323; U; fr) Presto/2.12.423 Version/12.16',
    'Opera Mini 8':
      'Opera/9.80 (J2ME/MIDP; Opera Mini/8.0.35158/36.2534; U; en) Presto/2.12.423 Version/12.16',
    'Opera Mini 34':
      'Opera/9.80 (Android; Opera Mini/34.0.2254/119.132; U; id) Presto/2.12.423 Version/12.16',
    'Opera Mini 35':
      'Opera/9.80 (Android; Opera Mini/35.3.2254/119.132; U; id) Presto/2.12.423 Version/12.16',
    'Android 3':
      'Mozilla/5.0 (Linux; U; Android 3.2; nl-nl; GT-P6800 Build/HTJ85B) AppleWebKit/534.13 (KHTML, like Gecko) Version/4.0 Safari/534.13',
    'Android 4':
      'Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100 Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
    'iPhone 12':
      'Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Mobile/15E148 Safari/604.1',
    'Chrome Mobile 90':
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.91 Mobile Safari/537.36',
    'Firefox Mobile 68': 'Mozilla/5.0 (Android 9; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0',
    'no version':
      'Mozilla/5.0 (Macintosh; U; PPC Mac OS X; en) AppleWebKit/125.2 (KHTML, like Gecko) Safari/125.8',
  }

  function chrome(version: string, rest = ''): string {
    return `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36${rest}`
  }

  function safari(version: string, engine: string): string {
    return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/${engine} (KHTML, like Gecko) Version/${version} Safari/${engine}`
  }

  const takenWith = (state: unknown) => {
    const options = { ...allOff, 'filters:legacy-browsers': state }
    return Object.entries(agents)
      .filter(([, agent]) => takes(options, 'legacy-browsers', byAgent(agent)))
      .map(([name]) => name)
  }

  const byDefault = ['IE 8', 'IE 9', 'IE Mobile 9', 'Safari 5', 'Opera 12', 'Opera Mini 7', 'Android 3']

  test.each<[state: unknown, taken: string[]]>([
    [['ie'], ['IE 8', 'IE 9', 'IE 10', 'IE 11', 'IE Mobile 9']],
    [['edge'], ['Edge 18', 'Edge 79', 'Edge 110']],
    [['safari'], ['Safari 5', 'Safari 6', 'Safari 15']],
    [['firefox'], ['Firefox 110']],
    [['chrome'], ['Chrome 110']],
    [['opera'], ['Opera 12', 'Opera 15', 'Opera 99']],
    [['opera_mini'], ['Opera Mini 7', 'Opera Mini 8', 'Opera Mini 34']],
    [['android'], ['Android 3']],
    [['ie_pre_9'], ['IE 8']],
    [['ie9'], ['IE 9', 'IE Mobile 9']],
    [['ie10'], ['IE 10']],
    [['ie11'], ['IE 11']],
    [['opera_pre_15'], ['Opera 12']],
    [['opera_mini_pre_8'], ['Opera Mini 7']],
    [['android_pre_4'], ['Android 3']],
    [['safari_pre_6'], ['Safari 5']],
    [['edge_pre_79'], ['Edge 18']],
    [
      ['ie9', 'chrome', 'unheard-of', 'constructor'],
      ['IE 9', 'IE Mobile 9', 'Chrome 110'],
    ],
    [['unheard-of'], []],
    [[], []],
    ['1', byDefault],
    [['default'], byDefault],
    [['chrome', 'default'], byDefault],
    ['0', []],
  ])('%j takes what is old among them', (state, taken) => expect(takenWith(state)).toEqual(taken))

  test('needs a user agent, which stands in the event', () => {
    const options = { ...allOff, 'filters:legacy-browsers': ['ie'] }
    const agent = agents['IE 8']
    const spellings = [
      { 'user-agent': agent },
      { 'USER-AGENT': [agent] },
      [
        ['Accept', '*/*'],
        ['User-Agent', agent],
      ],
      { 'X-User-Agent': agent },
      {},
    ]
    expect(spellings.map((headers) => takes(options, 'legacy-browsers', requested({ headers })))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
    expect(takes(options, 'legacy-browsers', { 'sentry.interfaces.Http': { headers: spellings[0] } })).toBe(
      true,
    )
    expect(takes(options, 'legacy-browsers', byAgent(8))).toBe(false)
  })
})

describe('web-crawlers', () => {
  const isTaken = (agent: unknown) => takes(on('web-crawlers'), 'web-crawlers', byAgent(agent))

  test.each([
    'Mediapartners-Google',
    'AdsBot-Google (+http://www.google.com/adsbot.html)',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Googlebot-Image/1.0',
    'FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)',
    'Mozilla/5.0 (X11; Linux x86_64; Storebot-Google/1.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.88 Safari/537.36',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b',
    'Baiduspider+(+http://www.baidu.com/search/spider.htm)',
    'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
    'Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)',
    'ia_archiver (+http://www.alexa.com/site/help/webmasters; crawler@alexa.com)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Slack-ImgProxy (+https://api.slack.com/robots)',
    'Calypso AppCrawler',
    'Pingdom.com_bot_version_1.4_(http://www.pingdom.com)',
    'lyticsbot-external',
    'AWS Security Scanner',
    'HubSpot Crawler 1.0 http://www.hubspot.com/',
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
    'Better Uptime Bot Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
    'Mozilla/5.0 (compatible;Cloudflare-Healthchecks/1.0;+https://www.cloudflare.com/; healthcheck-id: 0)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4515.159 Safari/537.36 GTmetrix',
    'BrightEdgeOnCrawl/1.0',
    'ELB-HealthChecker/2.0',
    'Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)',
    'naver_me/spd',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
    'CCBot/2.0 (https://commoncrawl.org/faq/)',
    'OAI-SearchBot/1.0; +https://openai.com/searchbot',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0)',
    'Mozilla/5.0 (Macintosh) AppleWebKit/600.2.5 (KHTML, like Gecko) Version/8.0.2 Safari/600.2.5 (Applebot/0.1)',
    'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
    'Twitterbot/1.0',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'ICC-Crawler 2.0 (a bot; of mine)',
    'my bot',
    'many bots',
    'a spider; with legs',
    '(SPIDER)',
    'AhrefsBot\t6.1',
  ])('takes %s', (agent) => {
    expect([agent, agent.toLowerCase(), agent.toUpperCase()].map(isTaken)).toEqual([true, true, true])
  })

  test.each([
    'Slackbot 1.0 (+https://api.slack.com/robots)',
    'slackbot 1.23',
    'SentryUptimeBot/1.0 (+http://docs.sentry.io/product/alerts/uptime-monitoring/)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)',
    'APIs-Google (+https://developers.google.com/webmasters/APIs-Google.html)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0',
    'botany 1.0',
    'spiders.example',
    'curl/8.5.0',
    '',
  ])('leaves %j', (agent) => expect(isTaken(agent)).toBe(false))

  test('leaves whoever sends no user agent', () => {
    expect(takes(on('web-crawlers'), 'web-crawlers', requested({ headers: { Host: 'Googlebot' } }))).toBe(
      false,
    )
    expect(takes(on('web-crawlers'), 'web-crawlers', { message: 'Googlebot' })).toBe(false)
  })
})

describe('filtered-transaction', () => {
  const isTaken = (payload: JsonObject) => takes(on('filtered-transaction'), 'filtered-transaction', payload)

  test.each([
    'healthcheck',
    'GET /aHealthChecker',
    'my-heartbeat-thing',
    '/health',
    'GET /api/health',
    '/healthy',
    '/healthz',
    'GET /HEALTHZ',
    '/live',
    '/livez',
    '/ready',
    '/readyz',
    '/ping',
  ])('takes the transaction %s', (name) => expect(isTaken({ ...transaction, transaction: name })).toBe(true))

  test.each(['/delivery', 'ready', 'health', '/health/', '/healthz/a', '/alive', '/pingpong', '/', '', null])(
    'leaves the transaction %j',
    (name) => expect(isTaken({ ...transaction, transaction: name })).toBe(false),
  )

  test('leaves an error that happened in a health check', () => {
    expect(isTaken({ ...thrown({ type: 'Error' }), transaction: '/healthz' })).toBe(false)
  })
})

describe('react-hydration-errors', () => {
  const isTaken = (payload: JsonObject) =>
    takes(on('react-hydration-errors'), 'react-hydration-errors', payload)
  const old = 'Minified React error; visit https://reactjs.org/docs/error-decoder.html?invariant='
  const current = 'Minified React error; visit https://react.dev/errors/'

  test.each([418, 419, 421, 422, 423, 425])('takes error %i', (number) => {
    const values = [`${old}${number}`, `${old}${number} for the full message`, `${current}${number}?args[]=a`]
    expect(values.map((value) => isTaken(thrown({ type: 'Error', value })))).toEqual([true, true, true])
  })

  test.each([`${old}420`, `${old}417`, `${current}424`, 'Hydration failed', '418', ''])(
    'leaves %j',
    (value) => expect(isTaken(thrown({ type: 'Error', value }))).toBe(false),
  )

  test('looks at every exception, and at nothing else', () => {
    const value = `${current}423`
    expect([
      isTaken(thrown({ value: 'a' }, { value })),
      isTaken({ exception: [{ value }] }),
      isTaken(thrown({ type: value, value: 'a' })),
      isTaken({ message: value }),
    ]).toEqual([true, true, false, false])
  })
})

describe('chunk-load-error', () => {
  const isTaken = (payload: JsonObject) => takes(on('chunk-load-error'), 'chunk-load-error', payload)

  test.each([
    ['ChunkLoadError', 'Loading chunk 3662 failed.\n(error: https://a.example/chunk.js)'],
    ['chunkloaderror', 'loading chunk 1'],
    ['Uncaught Error', 'ChunkLoadError: Loading chunk 3662 failed'],
    ['An Uncaught (in promise)', 'ChunkLoadError: Loading chunk 3662 failed'],
    ['ChunkLoadError', 'Failed to load chunk 5e2a.js'],
    ['Uncaught Error', 'ChunkLoadError: Failed to load chunk 5e2a.js'],
    ['Error', 'Uncaught (in promise): ChunkLoadError: Loading chunk 7 failed.'],
    ['Error', 'Uncaught (in promise): ChunkLoadError'],
  ])('takes %s: %s', (type, value) => expect(isTaken(thrown({ type, value }))).toBe(true))

  test.each([
    ['ChunkLoadError', 'The chunk is gone'],
    ['ChunkLoadError', 'Loading chunk'],
    ['Error', 'Loading chunk 3662 failed'],
    ['Error', 'ChunkLoadError: Loading chunk 3662 failed'],
    ['Uncaught', 'ChunkLoadError: Loading chunk 3662 failed'],
    ['TypeError', 'Uncaught (in promise): ChunkLoadError'],
    ['ChunkLoadError', undefined],
    [undefined, 'Loading chunk 3662 failed'],
  ])('leaves %s: %s', (type, value) => expect(isTaken(thrown({ type, value }))).toBe(false))

  test('looks at every exception', () => {
    expect(isTaken(thrown({ value: 'a' }, { type: 'ChunkLoadError', value: 'Loading chunk 1 failed' }))).toBe(
      true,
    )
  })
})
