/**
 * Browsers by their user agent, as far as the filter for old ones needs to know them: the families it names, and
 * nobody else. Mobile variants, apps and robots are families of their own in uap-core, and none here.
 *
 * Source: https://github.com/ua-parser/uap-core/blob/v0.18.0/regexes.yaml, whose order of rules this follows.
 */

export const browserFamilies = [
  'IE',
  'Edge',
  'Safari',
  'Firefox',
  'Chrome',
  'Opera',
  'Opera Mini',
  'Android',
] as const

export type BrowserFamily = (typeof browserFamilies)[number]

export interface Browser {
  readonly family: BrowserFamily
  readonly major: number
}

/**
 * Who matches first is it. The groups `family` and `major` say what the rule itself does not; a rule by which
 * either stays open stands for somebody else.
 */
interface Rule {
  readonly pattern: RegExp
  readonly family?: BrowserFamily
  readonly major?: number
}

/** Programs that call themselves by the names of browsers as well. */
function others(...patterns: readonly string[]): Rule {
  return { pattern: new RegExp(patterns.join('|')) }
}

/** `name/1.2.3`, with so many numbers at the least. */
function named(numbers: number, names: string): string {
  return `(?:${names})/${Array(numbers).fill('\\d+').join('\\.')}`
}

const rules: readonly Rule[] = [
  others(
    // Robots.
    'CFNetwork|X11; Datanyze; Linux|\\(StatusCake\\)|AspiegelBot|PetalBot',
    '(?:[Aa]rchiver|[Ii]ndexer|[Ss]craper|[Bb]ot|[Ss]pider|[Cc]rawl[a-z]{0,50})[/ ]\\d|[^C][^Uu][Bb]ot\\b',
    '[Ss][Pp][Ii][Dd][Ee][Rr]|[Ss]crape|[Cc][Rr][Aa][Ww][Ll]',
    'Googlebot|bingbot|BingPreview|Slurp|Yandex\\w|AdsBot-Google|Mediapartners-Google|facebookexternalhit',
    'Google.{0,50}/\\+/web/snippet|GoogleImageProxy|favicon|ia_archiver|heritrix|Netvibes|WhatsApp|WordPress',
    'YahooSeeker|lycos|scooter|Catchpoint|YottaaMonitor|GomezAgent|PTST/\\d+(?:\\.\\d+|)$',
    'okhttp|axios|WinHTTP|Apache-HttpClient|Google-HTTP-Java-Client',
    named(3, 'PingdomTMS'),
    named(2, 'PingdomPageSpeed|NewRelicPinger'),
    // Apps.
    '\\[FB.{0,300};|\\[Pinterest/|Pinterest(?: for Android(?: Tablet|)|)/\\d|Twitter for iP|TwitterAndroid',
    'Mozilla.{1,200}Mobile.{1,100}(?:Instagram|Flipboard|Flipboard-Briefing|Onefootball/Android|Phantom/ios|android).\\d+\\.\\d+\\.\\d',
    'Salesforce./\\d|arcgis-|ArcGIS|HbbTV/\\d+\\.\\d+\\.\\d+ \\(',
    named(4, 'Snapchat'),
    named(3, 'CreativeCloud'),
    named(2, 'Tableau'),
    // Kin of Firefox.
    'Firefox/\\d+\\.\\d+ Basilisk/\\d|(?:Mobile|Tablet);.{0,200}Firefox/\\d+\\.\\d|Firefox.{0,200}Tablet browser \\d',
    'Firefox(?:-(?:\\d+\\.\\d+|)|)/\\d+\\.\\d+[ab]\\d|Flock/\\d+\\.\\d+b\\d',
    named(3, 'RockMelt|Navigator'),
    named(2, 'Chimera|SeaMonkey|Camino|Waterfox|SailfishBrowser|PaleMoon|Fennec|FxiOS'),
    named(2, 'Namoroka|Shiretoko|Minefield|Netscape6|MyIBrow'),
    '(?:UC? ?Browser|UCWEB|U3)[/ ]?\\d+\\.\\d+\\.\\d',
    'Opera Tablet.{0,200}Version/\\d+\\.\\d',
  ),
  { pattern: /Opera Mini(?:\/att|)\/?(?<major>\d+|)/, family: 'Opera Mini' },
  others('Opera Mobi'),
  { pattern: /Opera\/9.80.{0,200}Version\/(?<major>\d+)\.\d/, family: 'Opera' },
  others('Mobile Safari.{1,300}OPR/\\d+\\.\\d+\\.\\d'),
  { pattern: /Chrome.{1,300}OPR\/(?<major>\d+)\.\d+\.\d/, family: 'Opera' },
  others('Coast/\\d+.\\d+.\\d'),
  { pattern: /OPiOS\/(?<major>\d+).\d+.\d/, family: 'Opera Mini' },
  others(
    'Chrome/.{1,200} MMS/\\d+.\\d+.\\d|(?:hpw|web)OS/\\d+\\.\\d|luakit|rekonq|WeTab-Browser',
    'PLAYSTATION 3|PlayStation (?:Portable|Vita)|Nintendo 3DS|AppleWebKit.{1,200} NX/\\d+\\.\\d+\\.\\d',
    'Windows Phone .{0,200}Edge/\\d+\\.\\d|OculusBrowser/\\d+\\.\\d+.0.0|baidubrowser[/\\s]\\d|QQBrowser',
    'Mozilla.{1,200}Android.{1,200}GSA/\\d+\\.\\d+\\.\\d|Mobile.{0,200}DuckDuckGo/\\d',
    named(4, 'Crosswalk'),
    named(3, 'konqueror|Comodo_Dragon|EdgiOS|EdgA|Line|MiuiBrowser|Mint Browser|TopBuzz|Tenta'),
    named(2, '[Cc]onkeror|Silk|Puffin|SamsungBrowser|SznProhlizec|coc_coc_browser|FlyFlow|MxBrowser'),
    // Chrome inside of apps and on telephones.
    'Version/.{1,300}Chrome/\\d+\\.\\d+\\.\\d+\\.\\d|; wv\\).{1,300}Chrome/\\d+\\.\\d+\\.\\d+\\.\\d',
    'Chrome/\\d+\\.\\d+\\.\\d+\\.\\d+ Mobile(?:[ /]|$)| Mobile .{1,300}Chrome/\\d+\\.\\d+\\.\\d+\\.\\d',
    'Chrome/\\d+\\.\\d+\\.\\d+.{0,100} MRCHROME|SE 2\\.X MetaSr \\d|AOL \\d+\\.\\d+; AOLBuild \\d|PAN GlobalProtect/\\d',
    named(4, 'CrMo|CriOS'),
    named(3, 'chromeframe|YaBrowser| BoxNotes|Whale|1Password|Ghost'),
    named(2, 'SLP Browser'),
    'HipChat|(?:PodCruncher|Downcast)[ /]?\\d|PRTG Network Monitor|Superhuman|Outlook-Express/7\\.0|Airmail \\d+\\.\\d',
    'Microsoft Office Outlook 12\\.\\d+\\.\\d|Microsoft Outlook (?:1[45]|16|Mail 16)\\.\\d+\\.\\d|MSOffice 1[246]',
    `\\b${named(3, 'Midori|Maxthon|Lynx|OmniWeb|Dillo|Fluid|Epiphany|Shiira|Sunrise|Spotify|Flock|Netscape|Lunascape')}`,
    `\\b${named(3, 'NetFront|Konqueror|Kazehakase|Vienna|Iceape|Ice[Ww]easel|Iron|K-Meleon|Sleipnir|Galeon|Electron')}`,
    `\\b${named(3, 'GranParadiso|iCab|NetNewsWire|ThunderBrowse|Iris|Google Earth|OktaMobile')}`,
    named(3, 'Slack_SSB|Vivaldi|Postbox'),
    named(2, 'Thunderbird|Lotus-Notes'),
  ),
  { pattern: /Edge?\/(?<major>\d+)/, family: 'Edge' },
  others(
    'brave/\\d+\\.\\d+\\.\\d+ Chrome|Chrome/\\d+\\.\\d+\\.\\d+[\\d.]{0,100} Iron[^/]|HeadlessChrome',
    '\\bDolphin(?: |HDCN/|/INT-)\\d+\\.\\d|Evolution/\\d+\\.\\d+\\.\\d+\\.\\d',
  ),
  {
    pattern: new RegExp(
      [
        '(?<family>Opera)/(?<major>\\d+)\\.\\d',
        named(
          2,
          'Bolt|BOLT|AdobeAIR|IceCat|Skyfire|Midori|Maxthon|Lynx|Arora|Dillo|Phoenix|Flock|Netscape|Lunascape',
        ),
        named(
          2,
          'Epiphany|NetFront|Konqueror|Kazehakase|Vienna|Iceape|Ice[Ww]easel|Iron|K-Meleon|Sleipnir|Galeon',
        ),
        named(
          2,
          'GranParadiso|iCab|iTunes|NetNewsWire|Stainless|Orca|Dolfin|Minimo|Tizen Browser|Polaris|Abrowser',
        ),
        named(2, 'Planetweb|qutebrowser|Otter|QupZilla|MailBar|Dragon'),
      ].join('|'),
    ),
  },
  { pattern: /(?<family>Chrome)\/(?<major>\d+)\.\d|Chromium\/\d+\.\d/ },
  { pattern: /IEMobile[ /](?<major>\d+)\.\d/, family: 'IE' },
  others(
    'Player FM|Pocket Casts|DoggCatcher|Spotify|MediaMonkey|(?:Zune|BeyondPod) \\d+(?:\\.\\d+|)[);]',
    '(?:iRider|Crazy Browser|SkipStone|iCab|Lunascape|Sleipnir|Maemo Browser) \\d+\\.\\d+\\.\\d',
    named(3, 'BacaBerita App'),
  ),
  {
    pattern:
      /(?<family>Opera|Android) (?<major>\d+)|(?:iCab|Lunascape|Jasmine|Polaris|Microsoft SkyDriveSync|The Bat!) \d/,
  },
  others(named(2, 'Kindle')),
  { pattern: /Android Donut/, family: 'Android', major: 1 },
  { pattern: /Android (?:Eclair|Froyo|Gingerbread)/, family: 'Android', major: 2 },
  { pattern: /Android Honeycomb/, family: 'Android', major: 3 },
  others(
    'MSIE \\d+\\.\\d+.{0,100}XBLWP7|Obigo(?:Internet|-)Browser|(?:Obigo|OBIGO)[^\\d]*\\d|MAXTHON \\d+\\.\\d',
    'Maxthon|MyIE2|Uzbl|Shiira|iP(?:od|hone|ad)|Watch\\d+,\\d|Avant|QtCarBrowser|^Nokia|Nokia[EN]?\\d',
    'PlayBook.{1,200}RIM Tablet OS \\d|(?:Black[bB]erry|BB10).{1,200}Version/\\d+\\.\\d+\\.\\d|Black[bB]erry\\s?\\d',
    'OmniWeb/v\\d+\\.\\d|QtWeb Internet Browser/\\d|AppleWebKit/\\d+(?:\\.\\d+|)\\+ .{0,200} Safari',
    named(3, 'PhantomJS'),
    named(2, 'NCSA_Mosaic|BonEcho|OneBrowser|NokiaBrowser|BrowserNG|Series60|Blazer|Pre'),
  ),
  { pattern: /Version\/(?<major>\d+)\.\d+(?:\.\d+|).{0,100}Safari\//, family: 'Safari' },
  others('Safari/\\d|OLPC/Update|SEMC-Browser/\\d+\\.\\d|Teleca|Phantom/V\\d+\\.\\d'),
  { pattern: /Trident\/[78]\.0/, family: 'IE', major: 11 },
  { pattern: /Trident\/6\.0/, family: 'IE', major: 10 },
  { pattern: /Trident\/5\.0/, family: 'IE', major: 9 },
  { pattern: /Trident\/4\.0/, family: 'IE', major: 8 },
  others('Espial/\\d|AppleWebKit/\\d+\\.\\d+\\.\\d'),
  { pattern: /Firefox\/(?<major>\d+)\.\d/, family: 'Firefox' },
  { pattern: /[MS]?IE (?<major>\d+)\.\d/, family: 'IE' },
]

/** Longer than user agents are; what follows is not read, so that nobody can make it slow. */
const MAX_LENGTH = 1000

/** Undefined for every other program, and for a browser that does not say its version. */
export function browserOf(userAgent: string): Browser | undefined {
  const text = userAgent.slice(0, MAX_LENGTH)
  for (const rule of rules) {
    const match = rule.pattern.exec(text)
    if (match === null) continue
    const family = rule.family ?? match.groups?.family
    const major = rule.major ?? match.groups?.major
    return isFamily(family) && major ? { family, major: Number(major) } : undefined
  }
  return undefined
}

function isFamily(name: string | undefined): name is BrowserFamily {
  return browserFamilies.some((family) => family === name)
}
