/** JavaScript on servers. */
import { browserInit } from './browser.ts'
import { configure, firstEvent, type Guide, type GuideKey, install, shell, snippet, step } from './guide.ts'

/** A file of its own that is loaded before everything else, so that the SDK sees what is imported. */
function instrument(key: GuideKey, module = '@sentry/node') {
  return configure(
    'A file of its own, which is loaded before your app.',
    snippet('javascript', browserInit(key, module), 'instrument.mjs'),
  )
}

const start = 'node --import ./instrument.mjs app.mjs'

const node: Guide = {
  id: 'node',
  name: 'Node.js',
  place: 'machine',
  steps: (key) => [
    install(shell('npm install @sentry/node')),
    instrument(key),
    step('Start your app with it', shell(start)),
    firstEvent(
      'Errors that nobody catches are sent by themselves, before the process ends.',
      snippet(
        'javascript',
        `
        setTimeout(() => {
          throw new Error("First event from Node.js");
        }, 100);
        `,
        'app.mjs',
      ),
    ),
  ],
}

interface Framework {
  readonly id: string
  readonly name: string
  /** What fails when it is opened. */
  readonly route: string
  /** What the framework needs beyond the file that is loaded first. */
  readonly extra?: { readonly text: string; readonly code: string }
}

function framework({ id, name, route, extra }: Framework): Guide {
  return {
    id,
    name,
    place: 'machine',
    steps: (key) => [
      install(shell('npm install @sentry/node')),
      instrument(key),
      ...(extra ? [step('Report what fails', extra.text, snippet('javascript', extra.code, 'app.mjs'))] : []),
      step('Start your app with it', shell(start)),
      firstEvent(
        'Add a route that fails, start the app and open it.',
        snippet('javascript', route, 'app.mjs'),
      ),
    ],
  }
}

const express = framework({
  id: 'node-express',
  name: 'Express',
  route: `
    app.get("/debug-error", () => {
      throw new Error("First event from Express");
    });
    `,
})

const fastify = framework({
  id: 'node-fastify',
  name: 'Fastify',
  route: `
    app.get("/debug-error", async () => {
      throw new Error("First event from Fastify");
    });
    `,
})

const koa = framework({
  id: 'node-koa',
  name: 'Koa',
  route: `
    app.use(async (context) => {
      if (context.path === "/debug-error") throw new Error("First event from Koa");
    });
    `,
})

const hapi = framework({
  id: 'node-hapi',
  name: 'Hapi',
  route: `
    server.route({
      method: "GET",
      path: "/debug-error",
      handler: () => {
        throw new Error("First event from Hapi");
      },
    });
    `,
})

const connect = framework({
  id: 'node-connect',
  name: 'Connect',
  extra: {
    text: 'Below your other middleware.',
    code: `
    import * as Sentry from "@sentry/node";

    app.use((error, request, response, next) => {
      Sentry.captureException(error);
      next(error);
    });
    `,
  },
  route: `
    app.use("/debug-error", () => {
      throw new Error("First event from Connect");
    });
    `,
})

const hono = framework({
  id: 'node-hono',
  name: 'Hono',
  extra: {
    text: 'Hono answers errors itself, so it has to pass them on.',
    code: `
    import * as Sentry from "@sentry/node";

    app.onError((error, context) => {
      Sentry.captureException(error);
      return context.text("Internal Server Error", 500);
    });
    `,
  },
  route: `
    app.get("/debug-error", () => {
      throw new Error("First event from Hono");
    });
    `,
})

const nestjs: Guide = {
  id: 'node-nestjs',
  name: 'NestJS',
  place: 'machine',
  steps: (key) => [
    install(shell('npm install @sentry/nestjs')),
    configure(
      'A file of its own, which is the first import of `main.ts`.',
      snippet('typescript', browserInit(key, '@sentry/nestjs'), 'src/instrument.ts'),
      snippet('typescript', 'import "./instrument";', 'src/main.ts'),
    ),
    step(
      'Report what Nest catches',
      'The filter stands before all other exception filters.',
      snippet(
        'typescript',
        `
        import { Module } from "@nestjs/common";
        import { APP_FILTER } from "@nestjs/core";
        import { SentryGlobalFilter, SentryModule } from "@sentry/nestjs/setup";

        @Module({
          imports: [SentryModule.forRoot()],
          providers: [{ provide: APP_FILTER, useClass: SentryGlobalFilter }],
        })
        export class AppModule {}
        `,
        'src/app.module.ts',
      ),
    ),
    firstEvent(
      'Add a route that fails and open it.',
      snippet(
        'typescript',
        `
        @Get("debug-error")
        fail() {
          throw new Error("First event from NestJS");
        }
        `,
        'src/app.controller.ts',
      ),
    ),
  ],
}

const bun: Guide = {
  id: 'bun',
  name: 'Bun',
  place: 'machine',
  steps: (key) => [
    install(shell('bun add @sentry/bun')),
    configure(
      'A file of its own, which is loaded before your app.',
      snippet('typescript', browserInit(key, '@sentry/bun'), 'instrument.ts'),
    ),
    step('Start your app with it', shell('bun --preload ./instrument.ts app.ts')),
    firstEvent(
      snippet(
        'typescript',
        `
        import * as Sentry from "@sentry/bun";

        Sentry.captureException(new Error("First event from Bun"));
        `,
        'app.ts',
      ),
    ),
  ],
}

const deno: Guide = {
  id: 'deno',
  name: 'Deno',
  place: 'machine',
  steps: (key) => [
    install(shell('deno add npm:@sentry/deno')),
    configure(
      'Before everything else of your app.',
      snippet('typescript', browserInit(key, '@sentry/deno'), 'main.ts'),
    ),
    firstEvent(
      'The SDK needs to reach this server, and reads files and the environment for its stack traces.',
      snippet('typescript', 'Sentry.captureException(new Error("First event from Deno"));', 'main.ts'),
      shell('deno run --allow-net --allow-read --allow-env --allow-sys main.ts'),
    ),
  ],
}

export const nodeGuides: readonly Guide[] = [
  node,
  express,
  fastify,
  koa,
  hapi,
  connect,
  hono,
  nestjs,
  bun,
  deno,
]
