/** What goes wrong on Android, in Kotlin and below it. */
import type { JsonObject } from '../../protocol/json.ts'
import type { DemoSdk, Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, fetched, frame } from './parts.ts'
import { screenshot } from './screenshot.ts'
import { onPhone } from './surroundings.ts'

const sdk = { name: 'sentry.java.android', version: '8.26.0' } as const
const nativeSdk: DemoSdk = { name: 'sentry.native.android', version: '0.12.1', share: 1 }

const source = (file: string, module: string, fn: string, line: number) => ({ file, module, fn, line })
const system = (file: string, module: string, fn: string, line: number) =>
  frame({ file, module, fn, line, inApp: false })

const main = [
  system('ZygoteInit.java', 'com.android.internal.os.ZygoteInit', 'main', 936),
  system('ActivityThread.java', 'android.app.ActivityThread', 'main', 8177),
  system('Looper.java', 'android.os.Looper', 'loop', 317),
  system('Handler.java', 'android.os.Handler', 'dispatchMessage', 106),
]

/** The version that the release names: `acme-android@7.6.0+7600`. */
function phone(o: Occasion): JsonObject {
  const [, version = '', build = ''] = /@([\d.]+)\+(\d+)/.exec(o.release) ?? []
  return { ...onPhone(o, 'Android', { id: 'com.acme.shop', name: 'Acme', version, build }), dist: build }
}

const uncaught = { type: 'UncaughtExceptionHandler', handled: false }

function journey(o: Occasion) {
  return breadcrumbs(o.at, [
    [96, 'app.lifecycle', undefined, { data: { state: 'foreground' } }],
    [95.6, 'ui.lifecycle', undefined, { data: { screen: 'MainActivity', state: 'resumed' } }],
    [61, 'http', undefined, fetched('GET', 'https://api.acme.example/v2/products?page=1', 200)],
    [22, 'ui.click', undefined, { data: { 'view.id': 'product_card', 'view.class': 'ComposeView' } }],
    [21.7, 'ui.lifecycle', undefined, { data: { screen: 'ProductActivity', state: 'resumed' } }],
    [3.4, 'device.event', 'Low memory', { level: 'warning', data: { action: 'LOW_MEMORY', level: 15 } }],
  ])
}

export function androidIssues({ rollout }: { rollout: number }): readonly Issue[] {
  return [
    {
      weight: 9,
      since: rollout,
      files: ({ random }) => [
        { name: 'screenshot.png', contentType: 'image/png', content: screenshot(random) },
        {
          name: 'view-hierarchy.json',
          contentType: 'application/json',
          type: 'event.view_hierarchy',
          content: Buffer.from(JSON.stringify(hierarchy)),
        },
      ],
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'java',
          level: 'fatal',
          ...phone(o),
          transaction: 'ProductActivity',
          tags: { flavor: 'play', isSideLoaded: 'false' },
          breadcrumbs: journey(o),
          exception: {
            values: [
              exception(
                'IllegalStateException',
                'Vertically scrollable component was measured with an infinity maximum height constraints',
                [
                  ...main,
                  system(
                    'CheckScrollableContainerConstraints.kt',
                    'androidx.compose.foundation.CheckScrollableContainerConstraintsKt',
                    'checkScrollableContainerConstraints-K40F9xA',
                    35,
                  ),
                  frame(
                    source('Reviews.kt', 'com.acme.shop.product.ReviewsKt', 'Reviews', 71),
                    `
  @Composable
  fun Reviews(reviews: List<Review>, modifier: Modifier = Modifier) {
>     LazyColumn(modifier) {
          items(reviews, key = Review::id) { ReviewRow(it) }
      }
  }`,
                  ),
                ],
                uncaught,
                { module: 'java.lang', thread_id: 2 },
              ),
            ],
          },
          threads: { values: [{ id: 2, name: 'main', crashed: true, current: true, state: 'RUNNABLE' }] },
        }),
    },
    {
      weight: 8,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'java',
          ...phone(o),
          transaction: 'CartActivity',
          breadcrumbs: journey(o),
          exception: {
            values: [
              exception(
                'UnknownHostException',
                'Unable to resolve host "api.acme.example": No address associated with hostname',
                [system('Inet6AddressImpl.java', 'java.net.Inet6AddressImpl', 'lookupHostByAddress', 156)],
                { type: 'chained', handled: true },
                { module: 'java.net' },
              ),
              exception(
                'SyncException',
                'The cart could not be saved',
                [
                  system(
                    'BaseContinuationImpl.kt',
                    'kotlin.coroutines.jvm.internal.BaseContinuationImpl',
                    'resumeWith',
                    33,
                  ),
                  frame(
                    source('CartRepository.kt', 'com.acme.shop.cart.CartRepository', 'save', 54),
                    `
      suspend fun save(cart: Cart) = withContext(io) {
          try {
              api.putCart(cart.id, cart.toBody())
          } catch (cause: IOException) {
>             throw SyncException("The cart could not be saved", cause)
          }
      }`,
                  ),
                ],
                { type: 'generic', handled: true },
                { module: 'com.acme.shop.cart' },
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
          platform: 'java',
          ...phone(o),
          transaction: 'MainActivity',
          exception: {
            values: [
              exception(
                'ApplicationNotResponding',
                'ANR for at least 5000 ms.',
                [
                  ...main,
                  frame(
                    source('PriceFormat.kt', 'com.acme.shop.prices.PriceFormat', 'load', 29),
                    `
      private fun load(): Map<String, NumberFormat> {
>         val text = assets.open("currencies.json").bufferedReader().readText()
          return parse(text)
      }`,
                  ),
                ],
                { type: 'ANR', handled: false },
                { module: 'io.sentry.android.core', thread_id: 2 },
              ),
            ],
          },
        }),
    },
    {
      weight: 5,
      sdk: nativeSdk,
      make: (o) => nativeCrash(o),
    },
    {
      weight: 4,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'java',
          level: 'fatal',
          ...phone(o),
          exception: {
            values: [
              exception(
                'OutOfMemoryError',
                'Failed to allocate a 33177616 byte allocation with 6291456 free bytes and 19MB until OOM, target footprint 268435456',
                [
                  system('BitmapFactory.java', 'android.graphics.BitmapFactory', 'nativeDecodeStream', -2),
                  frame(
                    source('Pictures.kt', 'com.acme.shop.images.Pictures', 'decode', 40),
                    `
      fun decode(stream: InputStream): Bitmap {
>         return checkNotNull(BitmapFactory.decodeStream(stream)) { "Not a picture" }
      }`,
                  ),
                ],
                uncaught,
                { module: 'java.lang' },
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
          platform: 'java',
          level: 'warning',
          ...phone(o),
          message: 'Push token was refused, falling back to polling',
        }),
    },
  ]
}

const hierarchy = {
  rendering_system: 'android_view_system',
  windows: [
    {
      type: 'com.android.internal.policy.DecorView',
      width: 1080,
      height: 2400,
      visibility: 'visible',
      children: [
        {
          type: 'androidx.compose.ui.platform.ComposeView',
          identifier: 'product',
          width: 1080,
          height: 2274,
        },
      ],
    },
  ],
}

const library = '/data/app/~~k2b0QA==/com.acme.shop-1/lib/arm64/libscanner.so'

/** As the native SDK sends it: addresses, registers and the images that were loaded. */
function nativeCrash(o: Occasion): JsonObject {
  const address = (value: number) => `0x${value.toString(16)}`
  const base = 0x7a_4c21_0000 + o.random.below(256) * 0x10_0000
  const native = (fn: string, offset: number, file: string, line: number, inApp = true) => ({
    ...frame({
      file,
      fn,
      line,
      inApp,
      package: inApp ? library : '/apex/com.android.runtime/lib64/bionic/libc.so',
    }),
    instruction_addr: address(base + offset),
    image_addr: address(base),
    trust: 'cfi',
  })
  return eventOf(o, {
    sdk: nativeSdk,
    platform: 'native',
    level: 'fatal',
    ...phone(o),
    breadcrumbs: journey(o),
    exception: {
      values: [
        {
          type: 'SIGSEGV',
          value: 'Segfault',
          thread_id: 2241,
          mechanism: {
            type: 'signalhandler',
            handled: false,
            synthetic: true,
            meta: { signal: { number: 11, code: 1, name: 'SIGSEGV', code_name: 'SEGV_MAPERR' } },
            data: { relevant_address: '0x0000000000000018' },
          },
          stacktrace: {
            frames: [
              native('__pthread_start', 0x9_1f30, 'bionic/libc/bionic/pthread_create.cpp', 247, false),
              native('acme::scanner::Worker::run', 0x1_92c4, 'scanner/worker.cpp', 88),
              native('acme::scanner::Decoder::decode', 0x1_4a18, 'scanner/decoder.cpp', 203),
              native('acme::scanner::Image::row', 0x1_10fc, 'scanner/image.h', 57),
            ],
            registers: {
              pc: address(base + 0x1_10fc),
              sp: '0x00000079b1c02e40',
              lr: address(base + 0x1_4a18),
              x0: '0x0000000000000000',
              x1: '0x0000000000000018',
              x8: '0x00000079b1d40010',
            },
          },
        },
      ],
    },
    debug_meta: {
      images: [
        {
          type: 'elf',
          code_file: library,
          code_id: 'b5372e1c9f0a4d0f8f1e6a7c3d2b1a0918273645',
          debug_id: '1c2e37b5-0a9f-0f4d-8f1e-6a7c3d2b1a09',
          image_addr: address(base),
          image_size: 0x3_8000,
          arch: 'arm64',
        },
      ],
    },
  })
}
