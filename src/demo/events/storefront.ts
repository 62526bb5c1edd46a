/** What goes wrong in the shop's pages. */
import { HOUR } from '../../time.ts'
import type { DemoSdk, Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, fetched, frame } from './parts.ts'
import { inBrowser } from './surroundings.ts'

const sdk = { name: 'sentry.javascript.react', version: '10.22.0' } as const
const oldSdk: DemoSdk = { name: 'sentry.javascript.browser', version: '9.44.1', share: 1 }

const shop = 'https://shop.acme.example'
const products = ['oak-chair', 'wool-rug', 'brass-lamp', 'linen-curtain', 'walnut-desk', 'clay-vase']

const onError = { type: 'auto.browser.global_handlers.onerror', handled: false }
const onRejection = { type: 'auto.browser.global_handlers.onunhandledrejection', handled: false }
const boundary = { type: 'auto.function.react.error_boundary', handled: true }
const inFrame = { inApp: false }

const render = [
  frame({
    file: 'node_modules/react-dom/client.js',
    fn: 'performWorkUntilDeadline',
    line: 2108,
    col: 36,
    ...inFrame,
  }),
  frame({ file: 'node_modules/react-dom/client.js', fn: 'renderWithHooks', line: 5529, col: 18, ...inFrame }),
]
const click = [
  frame({
    file: 'node_modules/react-dom/client.js',
    fn: 'dispatchDiscreteEvent',
    line: 16_135,
    col: 11,
    ...inFrame,
  }),
  frame({
    file: 'node_modules/react-dom/client.js',
    fn: 'executeDispatch',
    line: 15_772,
    col: 9,
    ...inFrame,
  }),
]

/** The code of the module that the frame lies in. */
const source = (file: string, fn: string, line: number, col: number) => ({
  file,
  fn,
  line,
  col,
  module: file.replace(/^src\//, '').replace(/\.tsx?$/, ''),
  absPath: `${shop}/${file}`,
})

function journey(occasion: Occasion, last: string) {
  const { at, random } = occasion
  const product = random.pick(products)
  return breadcrumbs(at, [
    [74, 'navigation', undefined, { data: { from: '/', to: `/products/${product}` } }],
    [73.4, 'fetch', undefined, fetched('GET', `/api/products/${product}`, 200)],
    [41, 'ui.click', 'button.add-to-cart[type="submit"]'],
    [40.7, 'fetch', undefined, fetched('POST', '/api/cart/items', 201)],
    [12, 'ui.click', 'a.nav-cart > span'],
    [11.8, 'navigation', undefined, { data: { from: `/products/${product}`, to: '/cart' } }],
    [11.2, 'console', 'Cart hydrated from session storage', { level: 'debug' }],
    [0.4, 'ui.click', last],
  ])
}

export function storefrontIssues({
  badRelease,
  goodRelease,
}: {
  badRelease: number
  goodRelease: number
}): readonly Issue[] {
  return [
    {
      weight: 3,
      since: badRelease,
      until: badRelease + 6 * HOUR,
      burst: { from: badRelease + HOUR / 4, to: badRelease + 3 * HOUR, count: 46 },
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/cart',
          ...inBrowser(o, `${shop}/cart`, `${shop}/products/${o.random.pick(products)}`),
          tags: { 'cart.items': String(1 + o.random.below(7)), experiment: o.random.pick(['a', 'b']) },
          breadcrumbs: journey(o, 'button.apply-coupon'),
          exception: {
            values: [
              exception(
                'TypeError',
                "Cannot read properties of undefined (reading 'discount')",
                [
                  ...click,
                  frame(
                    source('src/cart/CouponForm.tsx', 'onSubmit', 41, 5),
                    `
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
>   applyCoupon(code.trim().toUpperCase())
    track('coupon.applied', { code })
  }`,
                  ),
                  frame(
                    source('src/cart/useCart.ts', 'applyCoupon', 88, 38),
                    `
  const applyCoupon = (code: string) => {
    const coupon = coupons.find((candidate) => candidate.code === code)
    setPending(true)
>   const total = cart.total - coupon.discount
    setTotals({ ...totals, total })
    return save({ ...cart, coupon, total })
  }`,
                  ),
                ],
                onError,
              ),
            ],
          },
        }),
    },
    {
      weight: 9,
      make: (o) => {
        const product = o.random.pick(products)
        return eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/products/:slug',
          ...inBrowser(o, `${shop}/products/${product}`),
          breadcrumbs: journey(o, 'button.gallery-next'),
          exception: {
            values: [
              exception(
                'TypeError',
                "Cannot read properties of null (reading 'getBoundingClientRect')",
                [
                  ...render,
                  frame(
                    source('src/product/Gallery.tsx', 'Gallery', 57, 31),
                    `
  useLayoutEffect(() => {
    const stage = stageRef.current
>   const { width } = stage.getBoundingClientRect()
    setOffset(-index * width)
  }, [index])`,
                  ),
                ],
                onError,
              ),
            ],
          },
        })
      },
    },
    {
      weight: 8,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/checkout',
          ...inBrowser(o, `${shop}/checkout`, `${shop}/cart`),
          tags: { 'payment.method': o.random.pick(['card', 'sepa', 'paypal']) },
          breadcrumbs: journey(o, 'button.pay-now'),
          exception: {
            values: [
              exception('TypeError', 'Failed to fetch', [
                frame(
                  source('src/http/client.ts', 'send', 23, 26),
                  `
  async function send(request: Request): Promise<Response> {
>   const response = await fetch(request)
    if (response.status === 401) return refresh(request)
    return response
  }`,
                ),
              ]),
              exception(
                'PaymentError',
                'The order could not be placed',
                [
                  frame(
                    source('src/checkout/PayButton.tsx', 'pay', 64, 13),
                    `
    try {
      return await client.post('/v2/orders', order)
    } catch (cause) {
>     throw new PaymentError('The order could not be placed', { cause })
    }`,
                  ),
                ],
                { ...onRejection, exception_id: 0 },
              ),
            ],
          },
          extra: {
            order: { items: 1 + o.random.below(5), total: o.random.below(40_000) / 100, currency: 'EUR' },
          },
        }),
    },
    {
      weight: 5,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/search',
          ...inBrowser(o, `${shop}/search?q=${o.random.pick(['chair', 'lamp', 'rug%20blue', 'vase'])}`),
          exception: {
            values: [
              exception(
                'RangeError',
                'Invalid time value',
                [
                  ...render,
                  frame(
                    source('src/search/Results.tsx', 'Results', 112, 20),
                    `
      {results.map((result) => (
        <li key={result.id}>
          <ResultCard {...result} />
>         <time>{format.format(new Date(result.availableFrom))}</time>
        </li>
      ))}`,
                  ),
                ],
                boundary,
              ),
            ],
          },
        }),
    },
    {
      weight: 4,
      since: goodRelease,
      burst: { from: goodRelease + HOUR / 6, to: goodRelease + 2 * HOUR, count: 14 },
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/account/orders',
          ...inBrowser(o, `${shop}/account/orders`),
          exception: {
            values: [
              exception(
                'Error',
                'Minified React error #310; visit https://react.dev/errors/310 for the full message',
                [
                  ...render,
                  frame(
                    source('src/account/OrderList.tsx', 'OrderList', 33, 24),
                    `
  if (orders.length === 0) return <NoOrders />
> const [page, setPage] = useState(0)
  const shown = orders.slice(page * PAGE, (page + 1) * PAGE)`,
                  ),
                ],
                boundary,
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
          platform: 'javascript',
          level: 'warning',
          transaction: '/products/:slug',
          ...inBrowser(o, `${shop}/products/${o.random.pick(products)}`),
          logentry: {
            message: 'Price of %s differs between cart and catalogue',
            params: [o.random.pick(products)],
          },
          tags: { difference: `${(1 + o.random.below(900)) / 100} EUR` },
        }),
    },
    {
      weight: 3,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          level: 'info',
          transaction: '/',
          ...inBrowser(o, `${shop}/`),
          message: 'Service worker updated, page reloads on the next navigation',
        }),
    },
    {
      weight: 3,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'javascript',
          transaction: '/cart',
          ...inBrowser(o, `${shop}/cart`),
          breadcrumbs: journey(o, 'input#quantity'),
          exception: {
            values: [
              exception(
                'QuotaExceededError',
                "Failed to execute 'setItem' on 'Storage': Setting the value of 'cart' exceeded the quota.",
                [
                  frame(
                    source('src/cart/storage.ts', 'persist', 19, 18),
                    `
export function persist(cart: Cart): void {
  const text = JSON.stringify(cart)
> localStorage.setItem('cart', text)
}`,
                  ),
                ],
              ),
            ],
          },
        }),
    },
    {
      weight: 3,
      sdk: oldSdk,
      make: (o) =>
        eventOf(o, {
          sdk: oldSdk,
          platform: 'javascript',
          ...inBrowser(o, `${shop}/campaign/summer`),
          exception: {
            values: [
              exception(
                'ReferenceError',
                'dataLayer is not defined',
                [
                  frame({
                    file: '/campaign/summer',
                    fn: '?',
                    line: 214,
                    col: 7,
                    absPath: `${shop}/campaign/summer`,
                  }),
                  frame(
                    source('campaign/tracking.js', 'trackScroll', 31, 3),
                    `
function trackScroll() {
  var depth = Math.round((scrollY / document.body.scrollHeight) * 100)
> dataLayer.push({ event: 'scroll', depth: depth })
}`,
                  ),
                ],
                onError,
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
          platform: 'javascript',
          transaction: '/checkout',
          ...inBrowser(o, `${shop}/checkout`),
          exception: {
            values: [
              exception(
                'UnhandledRejection',
                'Object captured as promise rejection with keys: code, message',
                [],
                onRejection,
              ),
            ],
          },
          extra: { __serialized__: { code: 'card_declined', message: 'Your card was declined.' } },
        }),
    },
  ]
}
