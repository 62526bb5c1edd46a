/** JavaScript in the clouds of others. */
import { browserInit } from './browser.ts'
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'

const awsLambda: Guide = {
  id: 'node-awslambda',
  name: 'AWS Lambda',
  place: 'cloud',
  steps: (key) => [
    install(shell('npm install @sentry/aws-serverless')),
    configure(
      'What is wrapped is reported, and sent before the function is frozen.',
      snippet('javascript', browserInit(key, '@sentry/aws-serverless'), 'index.mjs'),
    ),
    firstEvent(
      'Deploy it and run it once.',
      snippet(
        'javascript',
        `
        export const handler = Sentry.wrapHandler(async (event) => {
          throw new Error("First event from AWS Lambda");
        });
        `,
        'index.mjs',
      ),
    ),
  ],
}

const googleFunctions: Guide = {
  id: 'node-gcpfunctions',
  name: 'Google Cloud Functions',
  place: 'cloud',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/google-cloud-serverless')),
    configure(
      'What is wrapped is reported.',
      snippet(
        'javascript',
        `
        const Sentry = require("@sentry/google-cloud-serverless");

        Sentry.init({
          dsn: "${dsn.public}",
        });
        `,
        'index.js',
      ),
    ),
    firstEvent(
      'Deploy it and run it once.',
      snippet(
        'javascript',
        `
        exports.helloHttp = Sentry.wrapHttpFunction((request, response) => {
          throw new Error("First event from Google Cloud Functions");
        });
        `,
        'index.js',
      ),
    ),
  ],
}

const azureFunctions: Guide = {
  id: 'node-azurefunctions',
  name: 'Azure Functions',
  place: 'cloud',
  steps: (key) => [
    install(shell('npm install @sentry/node')),
    configure(
      'At the top of the file with your functions.',
      snippet('javascript', browserInit(key, '@sentry/node'), 'src/index.mjs'),
    ),
    firstEvent(
      'What fails has to be caught and sent before the function ends.',
      snippet(
        'javascript',
        `
        import { app } from "@azure/functions";

        app.http("debug-error", {
          handler: async () => {
            try {
              throw new Error("First event from Azure Functions");
            } catch (error) {
              Sentry.captureException(error);
              await Sentry.flush(2000);
              throw error;
            }
          },
        });
        `,
        'src/index.mjs',
      ),
    ),
  ],
}

const compatibility = snippet(
  'json',
  `
  {
    "compatibility_flags": ["nodejs_compat"]
  }
  `,
  'wrangler.jsonc',
)

const cloudflareWorkers: Guide = {
  id: 'node-cloudflare-workers',
  name: 'Cloudflare Workers',
  place: 'cloud',
  steps: ({ dsn }) => [
    install('The SDK uses parts of Node.js.', shell('npm install @sentry/cloudflare'), compatibility),
    step(
      'Configure, and send a first event',
      'Wrap your handler. This one fails when it is opened.',
      snippet(
        'typescript',
        `
        import * as Sentry from "@sentry/cloudflare";

        export default Sentry.withSentry(
          () => ({
            dsn: "${dsn.public}",
          }),
          {
            async fetch(request, env, ctx) {
              throw new Error("First event from Cloudflare Workers");
            },
          } satisfies ExportedHandler,
        );
        `,
        'src/index.ts',
      ),
    ),
  ],
}

const cloudflarePages: Guide = {
  id: 'node-cloudflare-pages',
  name: 'Cloudflare Pages',
  place: 'cloud',
  steps: ({ dsn }) => [
    install('The SDK uses parts of Node.js.', shell('npm install @sentry/cloudflare'), compatibility),
    configure(
      'It has to be the first middleware.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/cloudflare";

        export const onRequest = [
          Sentry.sentryPagesPlugin(() => ({
            dsn: "${dsn.public}",
          })),
        ];
        `,
        'functions/_middleware.js',
      ),
    ),
    firstEvent(
      'Open `/debug-error`.',
      snippet(
        'javascript',
        `
        export function onRequest() {
          throw new Error("First event from Cloudflare Pages");
        }
        `,
        'functions/debug-error.js',
      ),
    ),
  ],
}

export const serverlessGuides: readonly Guide[] = [
  awsLambda,
  googleFunctions,
  azureFunctions,
  cloudflareWorkers,
  cloudflarePages,
]
