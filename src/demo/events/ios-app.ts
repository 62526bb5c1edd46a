/** What goes wrong on iOS. */
import type { JsonObject } from '../../protocol/json.ts'
import type { Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, fetched, frame } from './parts.ts'
import { screenshot } from './screenshot.ts'
import { onPhone } from './surroundings.ts'

const sdk = { name: 'sentry.cocoa', version: '8.57.2' } as const

/** The version that the release names: `com.acme.shop@5.12.0+460`. */
function phone(o: Occasion): JsonObject {
  const [, version = '', build = ''] = /@([\d.]+)\+(\d+)/.exec(o.release) ?? []
  return { ...onPhone(o, 'iOS', { id: 'com.acme.shop', name: 'Shop', version, build }), dist: build }
}

const app = '/private/var/containers/Bundle/Application/4C1D7E52/Shop.app/Shop'

const source = (file: string, fn: string, line: number, inApp = true) => ({
  file,
  fn,
  line,
  inApp,
  package: inApp ? app : 'UIKitCore',
})

const main = [
  frame(source('main.swift', 'main', 12)),
  frame(source('UIApplication.m', 'UIApplicationMain', 0, false)),
  frame(source('UIControl.m', '-[UIControl _sendActionsForEvents:withEvent:]', 0, false)),
]

function journey(o: Occasion) {
  return breadcrumbs(o.at, [
    [120, 'app.lifecycle', undefined, { data: { state: 'foreground' } }],
    [118, 'ui.lifecycle', undefined, { data: { screen: 'HomeViewController' } }],
    [64, 'http', undefined, fetched('GET', 'https://api.acme.example/v2/products', 200)],
    [8.2, 'touch', 'addToBasket:', { data: { view: 'UIButton' } }],
    [7.9, 'http', undefined, fetched('POST', 'https://api.acme.example/v2/carts', o.random.pick([201, 502]))],
  ])
}

export function iosIssues({ systemUpdate }: { systemUpdate: number }): readonly Issue[] {
  return [
    {
      weight: 8,
      since: systemUpdate,
      files: ({ random }) => [
        { name: 'screenshot.png', contentType: 'image/png', content: screenshot(random) },
      ],
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'cocoa',
          level: 'fatal',
          ...phone(o),
          transaction: 'Shop.ProductViewController',
          breadcrumbs: journey(o),
          exception: {
            values: [
              exception(
                'EXC_BREAKPOINT',
                'Fatal error: Unexpectedly found nil while implicitly unwrapping an Optional value',
                [
                  ...main,
                  frame(
                    source('ProductViewController.swift', 'ProductViewController.addToBasket(_:)', 146),
                    `
      @objc func addToBasket(_ sender: UIButton) {
          sender.isEnabled = false
>         basket.add(product, size: sizePicker.selectedSize)
          Haptics.success()
      }`,
                  ),
                ],
                {
                  type: 'mach',
                  handled: false,
                  meta: {
                    signal: { number: 5, code: 0, name: 'SIGTRAP' },
                    mach_exception: { exception: 6, code: 1, subcode: 4_372_214_096, name: 'EXC_BREAKPOINT' },
                  },
                },
                { thread_id: 0 },
              ),
            ],
          },
          threads: {
            values: [
              { id: 0, name: 'com.apple.main-thread', crashed: true, current: true },
              { id: 7, name: 'com.apple.NSURLSession-work', crashed: false, current: false },
            ],
          },
          debug_meta: {
            images: [
              {
                type: 'macho',
                code_file: app,
                debug_id: '7D4C1E52-8E0B-3B5F-9E0C-3A2F5B1D6E77',
                image_addr: '0x0000000104990000',
                image_size: 11_649_024,
                arch: 'arm64',
              },
            ],
          },
        }),
    },
    {
      weight: 6,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'cocoa',
          level: 'fatal',
          ...phone(o),
          breadcrumbs: journey(o),
          exception: {
            values: [
              exception(
                'NSInternalInconsistencyException',
                'Invalid update: invalid number of items in section 0. The number of items after the update (14) must be equal to the number before it (12) plus or minus those inserted or deleted.',
                [
                  ...main,
                  frame(
                    source(
                      'UICollectionView.m',
                      '-[UICollectionView _endUpdatesWithInvalidationContext:]',
                      0,
                      false,
                    ),
                  ),
                  frame(
                    source('WishlistViewController.swift', 'WishlistViewController.apply(_:)', 93),
                    `
      private func apply(_ change: Change) {
>         collectionView.performBatchUpdates {
              collectionView.insertItems(at: change.inserted)
              collectionView.deleteItems(at: change.removed)
          }
      }`,
                  ),
                ],
                { type: 'nsexception', handled: false },
              ),
            ],
          },
        }),
    },
    {
      weight: 6,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'cocoa',
          ...phone(o),
          exception: {
            values: [
              exception(
                'NSURLErrorDomain',
                'The request timed out. (Code: -1001)',
                [
                  frame(
                    source('APIClient.swift', 'APIClient.send(_:)', 61),
                    `
      func send<Answer: Decodable>(_ request: URLRequest) async throws -> Answer {
>         let (data, response) = try await session.data(for: request)
          try check(response)
          return try decoder.decode(Answer.self, from: data)
      }`,
                  ),
                ],
                {
                  type: 'NSError',
                  handled: true,
                  meta: { ns_error: { domain: 'NSURLErrorDomain', code: -1001 } },
                },
              ),
            ],
          },
        }),
    },
    {
      weight: 4,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'cocoa',
          ...phone(o),
          exception: {
            values: [
              exception(
                'App Hanging',
                'App hanging between 2.0 and 2.1 seconds.',
                [
                  ...main,
                  frame(
                    source('PriceList.swift', 'PriceList.reload()', 38),
                    `
      func reload() {
          let url = Bundle.main.url(forResource: "prices", withExtension: "json")
>         let data = url.flatMap { try? Data(contentsOf: $0) }
          prices = data.map(decode) ?? [:]
      }`,
                  ),
                ],
                { type: 'AppHang', handled: true },
              ),
            ],
          },
        }),
    },
    {
      weight: 2,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'cocoa',
          level: 'warning',
          ...phone(o),
          message: 'Receipt could not be verified, trying again at the next start',
        }),
    },
  ]
}
