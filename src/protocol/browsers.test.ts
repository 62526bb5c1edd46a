import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { browserOf } from './browsers.ts'

interface CoreRule {
  readonly pattern: RegExp
  readonly family?: string
  readonly major?: string
}

/** The rules of uap-core for user agents, which lie one below the other in its file. */
function coreRules(): readonly CoreRule[] {
  const file = createRequire(import.meta.url).resolve('uap-core/regexes.yaml')
  const [section = ''] = readFileSync(file, 'utf8').split('\nos_parsers:')
  const field = (text: string, name: string) => new RegExp(`${name}: '(.*)'`).exec(text)?.[1]
  return section.split(/^ {2}- (?=regex: )/m).flatMap((text) => {
    const source = field(text, 'regex')?.replaceAll("''", "'")
    if (source === undefined) return []
    const family = field(text, 'family_replacement')
    const major = field(text, 'v1_replacement')
    return [{ pattern: new RegExp(source), ...(family && { family }), ...(major && { major }) }]
  })
}

const core = coreRules()
const families = ['IE', 'Edge', 'Safari', 'Firefox', 'Chrome', 'Opera', 'Opera Mini', 'Android']

/** What uap-core makes of it, spelt like `nameOf`. */
function nameByCore(userAgent: string): string {
  for (const rule of core) {
    const match = rule.pattern.exec(userAgent)
    if (match === null) continue
    const found = (rule.family ?? '$1').replace('$1', match[1] ?? '')
    const family = found === 'IE Mobile' ? 'IE' : found
    const major = rule.major ?? match[2]
    return families.includes(family) && major ? `${family} ${Number(major)}` : 'nobody'
  }
  return 'nobody'
}

function nameOf(userAgent: string): string {
  const browser = browserOf(userAgent)
  return browser === undefined ? 'nobody' : `${browser.family} ${browser.major}`
}

test('the rules to compare with are there', () => {
  expect(core.length).toBeGreaterThan(300)
})

describe('a user agent', () => {
  const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
  const macWebKit = `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko)`
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
  const android = `Mozilla/5.0 (Linux; Android 10; K) ${webKit}`

  test.each([
    ['IE 5', 'Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)'],
    ['IE 6', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)'],
    ['IE 8', 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)'],
    // Compatibility view: the engine tells.
    ['IE 8', 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727)'],
    ['IE 9', 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)'],
    ['IE 10', 'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)'],
    ['IE 11', 'Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko'],
    ['IE 11', 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; rv:11.0) like Gecko'],
    ['IE 7', 'Mozilla/4.0 (compatible; MSIE 7.0; Windows Phone OS 7.0; Trident/3.1; IEMobile/7.0; HTC; 7)'],
    [
      'IE 10',
      'Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; ARM; Touch; NOKIA)',
    ],
    [
      'IE 11',
      'Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; rv:11.0; IEMobile/11.0; NOKIA; Lumia 520) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537',
    ],
    ['Edge 12', `${windows} ${webKit} Chrome/42.0.2311.135 Safari/537.36 Edge/12.246`],
    ['Edge 18', `${windows} ${webKit} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`],
    ['Edge 110', `${windows} ${webKit} Chrome/110.0.0.0 Safari/537.36 Edg/110.0.1587.50`],
    ['Edge 125', `${mac} ${webKit} Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0`],
    [
      'Safari 5',
      'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_8; de) AppleWebKit/533.21.1 (KHTML, like Gecko) Version/5.0.5 Safari/533.21.1',
    ],
    [
      'Safari 9',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_2) AppleWebKit/601.3.9 (KHTML, like Gecko) Version/9.0.2 Safari/601.3.9',
    ],
    ['Safari 15', `${macWebKit} Version/15.6.1 Safari/605.1.15`],
    ['Safari 17', `${macWebKit} Version/17.4 Safari/605.1.15`],
    // An iPad that asks for the desktop's pages.
    [
      'Safari 13',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
    ],
    ['Firefox 3', 'Mozilla/5.0 (Windows; U; Windows NT 6.1; de; rv:1.9.2.12) Gecko/20101026 Firefox/3.6.12'],
    ['Firefox 66', 'Mozilla/5.0 (X11; Linux x86_64; rv:66.0) Gecko/20100101 Firefox/66.0'],
    ['Firefox 115', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/115.0'],
    ['Chrome 41', `${windows} ${webKit} Chrome/41.0.2228.0 Safari/537.36`],
    ['Chrome 62', `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/62.0.3202.94 Safari/537.36`],
    ['Chrome 125', `${mac} ${webKit} Chrome/125.0.0.0 Safari/537.36`],
    // A tablet does not say that it is mobile.
    ['Chrome 99', `Mozilla/5.0 (Linux; Android 12; SM-T870) ${webKit} Chrome/99.0.4844.73 Safari/537.36`],
    ['Opera 9', 'Opera/9.64 (Windows NT 5.1; U; en) Presto/2.1.1'],
    ['Opera 12', 'Opera/9.80 (Windows NT 6.1; U; de) Presto/2.12.388 Version/12.18'],
    ['Opera 10', 'Mozilla/5.0 (Windows NT 6.1; U; en; rv:1.9.1.6) Gecko/20091201 Firefox/3.5.6 Opera 10.53'],
    [
      'Opera 15',
      `Mozilla/5.0 (Windows NT 6.1; WOW64) ${webKit} Chrome/28.0.1500.52 Safari/537.36 OPR/15.0.1147.100`,
    ],
    ['Opera 99', `${windows} ${webKit} Chrome/113.0.0.0 Safari/537.36 OPR/99.0.0.0`],
    [
      'Opera Mini 7',
      'Opera/9.80 (J2ME/MIDP; Opera Mini/7.0.32796/59.323; U; fr) Presto/2.12.423 Version/12.16',
    ],
    [
      'Opera Mini 8',
      'Opera/9.80 (Android; Opera Mini/8.0.1807/36.1609; U; en) Presto/2.12.423 Version/12.16',
    ],
    ['Opera Mini 16', `${phone} OPiOS/16.0.15.124050 Mobile/16D57 Safari/9537.53`],
    [
      'Android 2',
      'Mozilla/5.0 (Linux; U; Android 2.3.4; fr-fr; HTC Desire Build/GRJ22) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1',
    ],
    [
      'Android 3',
      'Mozilla/5.0 (Linux; U; Android 3.2; nl-nl; GT-P6800 Build/HTJ85B) AppleWebKit/534.13 (KHTML, like Gecko) Version/4.0 Safari/534.13',
    ],
    [
      'Android 4',
      'Mozilla/5.0 (Linux; U; Android 4.0.3; ko-kr; LG-L160L Build/IML74K) AppleWebkit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
    ],
    [
      'Android 2',
      'Mozilla/5.0 (Linux; U; Android Froyo; en-us) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1',
    ],

    // Mobile variants are families of their own.
    ['nobody', `${phone} Version/12.0 Mobile/15E148 Safari/604.1`],
    [
      'nobody',
      'Mozilla/5.0 (iPad; CPU OS 12_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Mobile/15E148 Safari/604.1',
    ],
    ['nobody', `${phone} Mobile/16D57`],
    ['nobody', `${phone} CriOS/72.0.3626.101 Mobile/15E148 Safari/605.1`],
    ['nobody', `${phone} FxiOS/15.0b14060 Mobile/16D57 Safari/605.1.15`],
    ['nobody', `${phone} EdgiOS/44.5.0.10 Mobile/16D57 Safari/604.1`],
    ['nobody', `${android} Chrome/99.0.4844.73 Mobile Safari/537.36`],
    [
      'nobody',
      `Mozilla/5.0 (Linux; Android 8.0; SM-G950F Build/R16NW; wv) ${webKit} Version/4.0 Chrome/70.0.3538.110 Mobile Safari/537.36`,
    ],
    ['nobody', `${android} Chrome/99.0.4844.73 Mobile Safari/537.36 EdgA/99.0.1150.36`],
    ['nobody', `${android} Chrome/60.0.3112.107 Mobile Safari/537.36 OPR/44.1.2246.123029`],
    ['nobody', `${android} SamsungBrowser/9.4 Chrome/67.0.3396.87 Mobile Safari/537.36`],
    ['nobody', 'Mozilla/5.0 (Android 9; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0'],
    ['nobody', 'Mozilla/5.0 (Android 7.0; Tablet; rv:68.0) Gecko/68.0 Firefox/68.0'],
    [
      'nobody',
      `Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) ${webKit} Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063`,
    ],
    ['nobody', 'Opera/9.80 (S60; SymbOS; Opera Mobi/499; U; ru) Presto/2.4.18 Version/10.00'],
    [
      'nobody',
      'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+',
    ],

    // So are programs made of a browser.
    ['nobody', `${windows} ${webKit} HeadlessChrome/90.0.4430.93 Safari/537.36`],
    ['nobody', `${windows} ${webKit} Chrome/89.0.4389.128 Electron/12.0.4 Safari/537.36`],
    ['nobody', `${windows} ${webKit} Chrome/90.0.4430.93 Safari/537.36 Vivaldi/3.7.2218.52`],
    ['nobody', `${windows} ${webKit} Chrome/88.0.4324.192 YaBrowser/21.2.4.165 Yowser/2.5 Safari/537.36`],
    [
      'nobody',
      `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Ubuntu Chromium/61.0.3163.100 Chrome/61.0.3163.100 Safari/537.36`,
    ],
    [
      'nobody',
      `Mozilla/5.0 (Linux; Android 9; KFONWI) ${webKit} Silk/86.3.20 like Chrome/86.0.4240.198 Safari/537.36`,
    ],
    ['nobody', 'Mozilla/5.0 (Windows NT 6.1; rv:2.0.1) Gecko/20110608 SeaMonkey/2.1'],
    ['nobody', 'Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Thunderbird/78.10.0'],
    ['nobody', 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Maxthon 2.0)'],
    ['nobody', `${phone} Mobile/16D57 [FBAN/FBIOS;FBAV/212.0.0.45.120;FBBV/146000000]`],
    ['nobody', `${phone} Mobile/16D57 Instagram 85.0.0.10.100`],

    // And robots, whatever they pretend.
    [
      'nobody',
      `Mozilla/5.0 ${webKit.replace(')', '; compatible; Googlebot/2.1; +http://www.google.com/bot.html)')} Chrome/41.0.2272.118 Safari/537.36`,
    ],
    [
      'nobody',
      `${mac} ${webKit} Version/8.0.2 Safari/600.2.5 (Applebot/0.1; +http://www.apple.com/go/applebot)`,
    ],
    ['nobody', 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)'],
    [
      'nobody',
      'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
    ],

    // Nobody says a version, or anything.
    [
      'nobody',
      'Mozilla/5.0 (Macintosh; U; PPC Mac OS X; en) AppleWebKit/125.2 (KHTML, like Gecko) Safari/125.8',
    ],
    ['nobody', 'Opera Mini'],
    ['nobody', 'curl/8.5.0'],
    ['nobody', 'sentry.javascript.browser/8.0.0'],
    ['nobody', ''],
  ])('of %s: %s', (name, userAgent) => {
    expect({ here: nameOf(userAgent), core: nameByCore(userAgent) }).toEqual({ here: name, core: name })
  })

  test('that a phone of the make CUBOT sends is not a robot’s', () => {
    const phone = `Mozilla/5.0 (Linux; Android 5.1; CUBOT NOTE S) ${webKit} Chrome/69.0.3497.100 Safari/537.36`
    expect([nameOf(phone), nameByCore(phone)]).toEqual(['Chrome 69', 'Chrome 69'])
  })

  test('is read as far as user agents go, and in no time however long it is', () => {
    const long = 'Mozilla Mobile Chrome/1.0.0 Version/1.0.0 '.repeat(25_000)
    expect(nameOf(long)).toBe('Chrome 1')
    expect(nameOf(`${'x'.repeat(2000)} Chrome/41.0.1.1`)).toBe('nobody')
  }, 1000)
})

test('user agents put together at random are read as uap-core reads them', () => {
  const comment = fc.constantFrom(
    'Windows NT 10.0; Win64; x64',
    'Windows NT 6.3; Trident/7.0; rv:11.0',
    'compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0',
    'compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; ARM; Touch',
    'compatible; MSIE 5.01; Windows 98',
    'Macintosh; Intel Mac OS X 10_15_7',
    'X11; Linux x86_64; rv:66.0',
    'Linux; Android 10; K',
    'Linux; Android 8.0; SM-G950F Build/R16NW; wv',
    'Linux; U; Android 2.3.4; de-de; GT-I9100',
    'Android 4.4; Mobile; rv:41.0',
    'Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950',
    'iPhone; CPU iPhone OS 12_4 like Mac OS X',
    'J2ME/MIDP; Opera Mini/7.0.32796/59.323; U; fr',
    'S60; SymbOS; Opera Mobi/499; U; ru',
    'BB10; Touch',
    'compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm',
  )
  const engine = fc.constantFrom(
    'AppleWebKit/537.36 (KHTML, like Gecko)',
    'Gecko/20100101',
    'like Gecko',
    'Presto/2.12.388',
    'Mobile/15E148',
    'Mobile',
  )
  const name = fc.constantFrom(
    ...[
      'Chrome',
      'Safari',
      'Mobile Safari',
      'Version',
      'Firefox',
      'Edg',
      'Edge',
      'OPR',
      'Opera',
      'Opera Mini',
    ],
    ...[
      'EdgA',
      'EdgiOS',
      'OPiOS',
      'CriOS',
      'FxiOS',
      'Chromium',
      'HeadlessChrome',
      'SamsungBrowser',
      'Vivaldi',
    ],
    ...['YaBrowser', 'Electron', 'UCBrowser', 'Silk', 'Instagram', 'GSA', 'Puffin', 'PhantomJS', 'SeaMonkey'],
    ...[
      'Waterfox',
      'PaleMoon',
      'Whale',
      'DuckDuckGo',
      'Iron',
      'Maxthon',
      'Slackbot',
      'Thunderbird',
      'IEMobile',
    ],
    ...[
      'Kindle',
      'Epiphany',
      'Konqueror',
      'MQQBrowser',
      'Trident',
      'coc_coc_browser',
      'Snapchat',
      'WhatsApp',
    ],
  )
  const version = fc
    .array(fc.integer({ min: 0, max: 130 }), { minLength: 1, maxLength: 4 })
    .map((numbers) => numbers.join('.'))
  const product = fc.oneof(
    engine,
    fc.tuple(name, version).map((parts) => parts.join('/')),
  )
  const userAgent = fc
    .tuple(
      fc.constantFrom('Mozilla/5.0', 'Mozilla/4.0', 'Opera/9.80', 'Opera/9.64'),
      comment,
      fc.array(product, { maxLength: 5 }),
    )
    .map(([first, comment, products]) => [first, `(${comment})`, ...products].join(' '))
  fc.assert(
    fc.property(userAgent, (text) => {
      expect(nameOf(text)).toBe(nameByCore(text))
    }),
    { numRuns: 3000 },
  )
})
