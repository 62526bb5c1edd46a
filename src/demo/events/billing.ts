/** What goes wrong with invoices. */
import type { JsonObject } from '../../protocol/json.ts'
import type { Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, frame } from './parts.ts'
import { address, onServer } from './surroundings.ts'

const sdk = { name: 'sentry.python.django', version: '2.44.0' } as const

const source = (file: string, fn: string, line: number, vars: Readonly<Record<string, string>> = {}) => ({
  file,
  fn,
  line,
  module: file.replaceAll('/', '.').replace(/\.py$/, ''),
  absPath: `/app/${file}`,
  vars,
})
const library = (file: string, fn: string, line: number) => ({
  file,
  fn,
  line,
  module: file.replaceAll('/', '.').replace(/\.py$/, ''),
  absPath: `/usr/local/lib/python3.13/site-packages/${file}`,
  inApp: false,
})

const request = [
  frame(
    library('django/core/handlers/exception.py', 'inner', 55),
    `
      try:
>         response = get_response(request)
      except Exception as exc:`,
  ),
  frame(library('django/core/handlers/base.py', '_get_response', 197)),
]
const task = [
  frame(library('celery/app/trace.py', 'trace_task', 453)),
  frame(library('celery/app/trace.py', '__protected_call__', 736)),
]

const inDjango = { type: 'django', handled: false }
const inCelery = { type: 'celery', handled: false }

const worker = (o: Occasion) => onServer(o, 'billing', { name: 'CPython', version: '3.13.7' })

function asked(o: Occasion, method: string, path: string, transaction: string): JsonObject {
  return {
    transaction,
    request: {
      method,
      url: `https://billing.acme.example${path}`,
      query_string: '',
      headers: {
        Host: 'billing.acme.example',
        'User-Agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0',
        Accept: 'text/html',
      },
      cookies: { csrftoken: '[Filtered]', sessionid: '[Filtered]' },
      env: { SERVER_NAME: 'billing-web', SERVER_PORT: '8000', REMOTE_ADDR: address(o.random) },
    },
    user: {
      id: String(1 + o.random.below(40)),
      username: o.random.pick(['mateo', 'sam', 'agnes']),
      ip_address: address(o.random),
    },
  }
}

const modules = {
  django: '5.2.6',
  celery: '5.5.3',
  psycopg: '3.2.10',
  'sentry-sdk': '2.44.0',
  weasyprint: '66.0',
}

export const billingIssues: readonly Issue[] = [
  {
    weight: 8,
    make: (o) => {
      const id = 48_000 + o.random.below(2000)
      return eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        ...worker(o),
        ...asked(o, 'GET', `/invoices/${id}/pdf/`, '/invoices/{id}/pdf/'),
        breadcrumbs: breadcrumbs(o.at, [
          [
            0.31,
            'query',
            'SELECT "invoices_invoice"."id", "invoices_invoice"."number" FROM "invoices_invoice" WHERE "invoices_invoice"."id" = %s',
          ],
          [
            0.12,
            'query',
            'SELECT "invoices_line"."id" FROM "invoices_line" WHERE "invoices_line"."invoice_id" = %s',
          ],
          [0.02, 'invoices.pdf', `rendering invoice ${id}`, { level: 'info', type: 'log' }],
        ]),
        exception: {
          values: [
            exception(
              'UndefinedError',
              "'None' has no attribute 'street'",
              [
                ...request,
                frame(
                  source('invoices/views.py', 'pdf', 64, { invoice: `<Invoice: R-${id}>`, pk: String(id) }),
                  `
  @login_required
  def pdf(request, pk):
      invoice = get_object_or_404(Invoice.objects.with_lines(), pk=pk)
>     document = render_pdf('invoices/invoice.html', {'invoice': invoice})
      return FileResponse(document, filename=f'{invoice.number}.pdf')`,
                ),
                frame(
                  source('invoices/pdf.py', 'render_pdf', 21, { template: "'invoices/invoice.html'" }),
                  `
  def render_pdf(template, context):
>     html = environment.get_template(template).render(context)
      return BytesIO(HTML(string=html).write_pdf())`,
                ),
                frame(library('jinja2/environment.py', 'render', 1295)),
              ],
              inDjango,
              { module: 'jinja2.exceptions' },
            ),
          ],
        },
      })
    },
  },
  {
    weight: 7,
    make: (o) => {
      const customer = 700 + o.random.below(300)
      return eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        ...worker(o),
        transaction: 'invoices.tasks.issue_invoices',
        tags: { celery_task_id: o.random.hex(32), queue: 'nightly' },
        exception: {
          values: [
            exception(
              'KeyError',
              "'CHF'",
              [
                frame(
                  source('rates/table.py', 'rate', 33, { currency: "'CHF'", base: "'EUR'" }),
                  `
      def rate(self, currency):
          if currency == self.base:
              return Decimal(1)
>         return self.rates[currency]`,
                ),
              ],
              { type: 'chained', handled: false, exception_id: 1, parent_id: 0, source: '__cause__' },
              { module: null },
            ),
            exception(
              'InvoiceError',
              `No exchange rate for customer ${customer}`,
              [
                ...task,
                frame(
                  source('invoices/tasks.py', 'issue_invoices', 88, {
                    customer: `<Customer: ${customer}>`,
                    issued: String(o.random.below(900)),
                    failed: '1',
                  }),
                  `
      for customer in Customer.objects.due(day).iterator(chunk_size=500):
          try:
              lines = lines_of(customer, table.rate(customer.currency))
          except KeyError as error:
>             raise InvoiceError(f'No exchange rate for customer {customer.pk}') from error
          Invoice.objects.issue(customer, lines)`,
                ),
              ],
              { ...inCelery, exception_id: 0 },
              { module: 'invoices.errors' },
            ),
          ],
        },
        extra: {
          'celery-job': {
            task_name: 'invoices.tasks.issue_invoices',
            args: [],
            kwargs: { day: new Date(o.at).toISOString().slice(0, 10) },
          },
        },
      })
    },
  },
  {
    weight: 5,
    make: (o) =>
      eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        ...worker(o),
        ...asked(o, 'POST', '/subscriptions/', '/subscriptions/'),
        exception: {
          values: [
            exception(
              'UniqueViolation',
              'duplicate key value violates unique constraint "subscriptions_customer_plan"\nDETAIL:  Key (customer_id, plan_id)=(812, 3) already exists.',
              [frame(library('django/db/backends/utils.py', '_execute', 105))],
              { type: 'chained', handled: false, exception_id: 1, parent_id: 0, source: '__cause__' },
              { module: 'psycopg.errors' },
            ),
            exception(
              'IntegrityError',
              'duplicate key value violates unique constraint "subscriptions_customer_plan"\nDETAIL:  Key (customer_id, plan_id)=(812, 3) already exists.',
              [
                ...request,
                frame(
                  source('subscriptions/views.py', 'create', 39, { plan: "<Plan: 'Team, yearly'>" }),
                  `
      form = SubscriptionForm(request.POST, customer=customer)
      if form.is_valid():
>         subscription = form.save()
          renew.delay(subscription.pk)
          return redirect(subscription)`,
                ),
              ],
              { ...inDjango, exception_id: 0 },
              { module: 'django.db.utils' },
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
        platform: 'python',
        modules,
        level: 'warning',
        logger: 'billing.dunning',
        ...worker(o),
        transaction: 'dunning.tasks.remind',
        logentry: {
          message: 'Reminder %s for invoice %s bounced: %s',
          params: [
            1 + o.random.below(3),
            `R-${48_000 + o.random.below(2000)}`,
            '550 5.1.1 mailbox unavailable',
          ],
        },
      }),
  },
  {
    weight: 3,
    make: (o) =>
      eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        ...worker(o),
        transaction: 'rates.tasks.fetch_rates',
        exception: {
          values: [
            exception(
              'ReadTimeout',
              "HTTPSConnectionPool(host='rates.example', port=443): Read timed out. (read timeout=5)",
              [
                ...task,
                frame(
                  source('rates/tasks.py', 'fetch_rates', 17, {
                    url: "'https://rates.example/v1/daily'",
                    timeout: '5',
                  }),
                  `
  @app.task(autoretry_for=(OSError,), retry_backoff=True)
  def fetch_rates():
>     answer = session.get(RATES_URL, timeout=5)
      answer.raise_for_status()
      Rate.objects.replace(answer.json()['rates'])`,
                ),
              ],
              inCelery,
              { module: 'requests.exceptions' },
            ),
          ],
        },
      }),
  },
  {
    weight: 1,
    make: (o) =>
      eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        level: 'fatal',
        ...worker(o),
        exception: {
          values: [
            exception(
              'WorkerLostError',
              'Worker exited prematurely: signal 9 (SIGKILL) Job: 41.',
              [frame(library('billiard/pool.py', 'mark_as_worker_lost', 1265))],
              inCelery,
              { module: 'billiard.exceptions' },
            ),
          ],
        },
      }),
  },
  {
    weight: 1,
    make: (o) =>
      eventOf(o, {
        sdk,
        platform: 'python',
        modules,
        level: 'info',
        logger: 'billing.audit',
        ...worker(o),
        message: 'The new price list was published',
      }),
  },
]
