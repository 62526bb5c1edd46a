/** Python where the SDK has to be told what to watch. */
import { type Guide, install, type Place, type Snippet, shell, snippet, step } from './guide.ts'

interface Wrapped {
  readonly id: string
  readonly name: string
  readonly place?: Place
  readonly text: string
  /** Takes the argument with the DSN. */
  readonly code: (dsn: string) => string
}

/** Those that have to be named or wrapped. */
function wrapped({ id, name, place = 'machine', text, code }: Wrapped): Guide {
  return {
    id,
    name,
    place,
    steps: ({ dsn }) => [
      install(shell('pip install sentry-sdk')),
      step('Configure, and send a first event', text, pythonOf(code(`dsn="${dsn.public}"`))),
    ],
  }
}

function pythonOf(code: string): Snippet {
  return snippet('python', code)
}

export const wrappedPythonGuides: readonly Guide[] = [
  wrapped({
    id: 'python-wsgi',
    name: 'WSGI',
    text: 'Wrap your application. This one fails when it is opened.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

      sentry_sdk.init(${dsn})


      def application(environ, start_response):
          raise RuntimeError("First event from WSGI")


      application = SentryWsgiMiddleware(application)
      `,
  }),
  wrapped({
    id: 'python-pylons',
    name: 'Pylons',
    text: 'Pylons is a WSGI application: wrap it where it is made, and let a controller fail.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

      sentry_sdk.init(${dsn})

      app = SentryWsgiMiddleware(app)
      `,
  }),
  wrapped({
    id: 'python-asgi',
    name: 'ASGI',
    text: 'Wrap your application. This one fails when it is opened.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.asgi import SentryAsgiMiddleware

      sentry_sdk.init(${dsn})


      async def app(scope, receive, send):
          raise RuntimeError("First event from ASGI")


      app = SentryAsgiMiddleware(app)
      `,
  }),
  wrapped({
    id: 'python-tryton',
    name: 'Tryton',
    text: 'In the file that starts `trytond` as a WSGI application. Then let a request fail.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.trytond import TrytondWSGIIntegration

      sentry_sdk.init(
          ${dsn},
          integrations=[TrytondWSGIIntegration()],
      )

      from trytond.application import app as application
      `,
  }),
  wrapped({
    id: 'python-awslambda',
    name: 'AWS Lambda',
    place: 'cloud',
    text: 'Deploy it and run it once.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration

      sentry_sdk.init(
          ${dsn},
          integrations=[AwsLambdaIntegration()],
      )


      def lambda_handler(event, context):
          raise RuntimeError("First event from AWS Lambda")
      `,
  }),
  wrapped({
    id: 'python-chalice',
    name: 'Chalice',
    place: 'cloud',
    text: 'Deploy it and open `/debug-error`.',
    code: (dsn) => `
      import sentry_sdk
      from chalice import Chalice
      from sentry_sdk.integrations.chalice import ChaliceIntegration

      sentry_sdk.init(
          ${dsn},
          integrations=[ChaliceIntegration()],
      )

      app = Chalice(app_name="shop")


      @app.route("/debug-error")
      def debug_error():
          raise RuntimeError("First event from Chalice")
      `,
  }),
  wrapped({
    id: 'python-gcpfunctions',
    name: 'Google Cloud Functions',
    place: 'cloud',
    text: 'Deploy it and run it once.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.gcp import GcpIntegration

      sentry_sdk.init(
          ${dsn},
          integrations=[GcpIntegration()],
      )


      def http_function(request):
          raise RuntimeError("First event from Google Cloud Functions")
      `,
  }),
  wrapped({
    id: 'python-serverless',
    name: 'Serverless',
    place: 'cloud',
    text: 'Mark each function. Deploy it and run it once.',
    code: (dsn) => `
      import sentry_sdk
      from sentry_sdk.integrations.serverless import serverless_function

      sentry_sdk.init(${dsn})


      @serverless_function
      def my_function(*args):
          raise RuntimeError("First event from a function")
      `,
  }),
]
