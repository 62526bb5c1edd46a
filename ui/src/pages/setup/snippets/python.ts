/** Python. The SDK finds most frameworks by itself. */
import {
  configure,
  firstEvent,
  type Guide,
  install,
  type Place,
  type Snippet,
  shell,
  snippet,
  step,
} from './guide.ts'

const python: Guide = {
  id: 'python',
  name: 'Python',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('pip install sentry-sdk')),
    configure('As early as you can.', snippet('python', init(dsn.public), 'main.py')),
    firstEvent(
      'Errors that nobody catches are sent by themselves.',
      snippet('python', 'raise RuntimeError("First event from Python")', 'main.py'),
    ),
  ],
}

function init(dsn: string): string {
  return `
import sentry_sdk

sentry_sdk.init(
    dsn="${dsn}",
)
`
}

const django: Guide = {
  id: 'python-django',
  name: 'Django',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('pip install "sentry-sdk[django]"')),
    configure(snippet('python', init(dsn.public), 'settings.py')),
    firstEvent(
      'Add a route that fails, start the app and open `/debug-error/`.',
      snippet(
        'python',
        `
        from django.urls import path


        def debug_error(request):
            raise RuntimeError("First event from Django")


        urlpatterns = [
            path("debug-error/", debug_error),
            # Your other routes stand here.
        ]
        `,
        'urls.py',
      ),
    ),
  ],
}

const flask: Guide = {
  id: 'python-flask',
  name: 'Flask',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('pip install "sentry-sdk[flask]"')),
    configure(
      'Before the app is made.',
      snippet(
        'python',
        `
        import sentry_sdk
        from flask import Flask

        sentry_sdk.init(
            dsn="${dsn.public}",
        )

        app = Flask(__name__)
        `,
        'app.py',
      ),
    ),
    firstEvent(
      'Add a route that fails, start the app and open it.',
      snippet(
        'python',
        `
        @app.route("/debug-error")
        def debug_error():
            raise RuntimeError("First event from Flask")
        `,
        'app.py',
      ),
    ),
  ],
}

const fastapi: Guide = {
  id: 'python-fastapi',
  name: 'FastAPI',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('pip install "sentry-sdk[fastapi]"')),
    configure(
      'Before the app is made.',
      snippet(
        'python',
        `
        import sentry_sdk
        from fastapi import FastAPI

        sentry_sdk.init(
            dsn="${dsn.public}",
        )

        app = FastAPI()
        `,
        'main.py',
      ),
    ),
    firstEvent(
      'Add a route that fails, start the app and open it.',
      snippet(
        'python',
        `
        @app.get("/debug-error")
        async def debug_error():
            raise RuntimeError("First event from FastAPI")
        `,
        'main.py',
      ),
    ),
  ],
}

interface Found {
  readonly id: string
  readonly name: string
  /** What fails, in the framework's words. */
  readonly failing: string
  readonly text?: string
}

/** Those that the SDK finds by itself, and for which a program that fails says the rest. */
function found({ id, name, failing, text = 'Let something fail.' }: Found): Guide {
  return {
    id,
    name,
    place: 'machine',
    steps: ({ dsn }) => [
      install(shell('pip install sentry-sdk')),
      configure(
        `Where your program starts, before ${name} does. The SDK finds it by itself.`,
        snippet('python', init(dsn.public)),
      ),
      firstEvent(text, snippet('python', failing)),
    ],
  }
}

const foundGuides: readonly Guide[] = [
  found({
    id: 'python-starlette',
    name: 'Starlette',
    text: 'Add a route that fails and open it.',
    failing: `
      async def debug_error(request):
          raise RuntimeError("First event from Starlette")


      app = Starlette(routes=[Route("/debug-error", debug_error)])
      `,
  }),
  found({
    id: 'python-celery',
    name: 'Celery',
    text: 'Queue a task that fails.',
    failing: `
      @app.task
      def debug_error():
          raise RuntimeError("First event from Celery")


      debug_error.delay()
      `,
  }),
  found({
    id: 'python-rq',
    name: 'RQ',
    text: 'Queue a job that fails. The worker has to call `sentry_sdk.init` as well.',
    failing: `
      def debug_error():
          raise RuntimeError("First event from RQ")


      queue.enqueue(debug_error)
      `,
  }),
  found({
    id: 'python-aiohttp',
    name: 'AIOHTTP',
    text: 'Add a route that fails and open it.',
    failing: `
      async def debug_error(request):
          raise RuntimeError("First event from AIOHTTP")


      app.add_routes([web.get("/debug-error", debug_error)])
      `,
  }),
  found({
    id: 'python-tornado',
    name: 'Tornado',
    text: 'Add a route that fails and open it.',
    failing: `
      class DebugError(tornado.web.RequestHandler):
          def get(self):
              raise RuntimeError("First event from Tornado")


      app = tornado.web.Application([(r"/debug-error", DebugError)])
      `,
  }),
  found({
    id: 'python-sanic',
    name: 'Sanic',
    text: 'Add a route that fails and open it.',
    failing: `
      @app.get("/debug-error")
      async def debug_error(request):
          raise RuntimeError("First event from Sanic")
      `,
  }),
  found({
    id: 'python-quart',
    name: 'Quart',
    text: 'Add a route that fails and open it.',
    failing: `
      @app.get("/debug-error")
      async def debug_error():
          raise RuntimeError("First event from Quart")
      `,
  }),
  found({
    id: 'python-falcon',
    name: 'Falcon',
    text: 'Add a route that fails and open it.',
    failing: `
      class DebugError:
          def on_get(self, request, response):
              raise RuntimeError("First event from Falcon")


      app.add_route("/debug-error", DebugError())
      `,
  }),
  found({
    id: 'python-bottle',
    name: 'Bottle',
    text: 'Add a route that fails and open it.',
    failing: `
      @app.route("/debug-error")
      def debug_error():
          raise RuntimeError("First event from Bottle")
      `,
  }),
  found({
    id: 'python-pyramid',
    name: 'Pyramid',
    text: 'Add a view that fails and open it.',
    failing: `
      def debug_error(request):
          raise RuntimeError("First event from Pyramid")


      config.add_route("debug_error", "/debug-error")
      config.add_view(debug_error, route_name="debug_error")
      `,
  }),
  found({
    id: 'python-pymongo',
    name: 'PyMongo',
    failing: 'raise RuntimeError("First event from a program with PyMongo")',
  }),
]

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

const wrappedGuides: readonly Guide[] = [
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

export const pythonGuides: readonly Guide[] = [
  python,
  django,
  flask,
  fastapi,
  ...foundGuides,
  ...wrappedGuides,
]
