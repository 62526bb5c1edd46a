/** Python. The SDK finds most frameworks by itself. */
import { configure, firstEvent, type Guide, install, shell, snippet } from './guide.ts'

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

export const pythonGuides: readonly Guide[] = [python, django, flask, fastapi, ...foundGuides]
