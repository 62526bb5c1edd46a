/** Frameworks that run in the browser and on a server. */
import { browserInit } from './browser.ts'
import {
  configure,
  firstEvent,
  type Guide,
  type GuideKey,
  install,
  type Snippet,
  shell,
  snippet,
  step,
} from './guide.ts'

const nextjs: Guide = {
  id: 'javascript-nextjs',
  name: 'Next.js',
  place: 'browser',
  steps: (key) => [
    install(
      shell('npm install @sentry/nextjs'),
      snippet(
        'typescript',
        `
        import { withSentryConfig } from "@sentry/nextjs/config";
        import type { NextConfig } from "next";

        const nextConfig: NextConfig = {};

        export default withSentryConfig(nextConfig);
        `,
        'next.config.ts',
      ),
    ),
    step(
      'Configure the browser',
      'These files stand beside `next.config.ts`, or in `src` if you have it.',
      snippet(
        'typescript',
        `${browserInit(key, '@sentry/nextjs')}
    export const onRouterTransitionStart = Sentry.captureRouterTransitionStart;
    `,
        'instrumentation-client.ts',
      ),
    ),
    step(
      'Configure the server',
      'One file for Node.js, one for the edge, and the one that loads them.',
      snippet('typescript', browserInit(key, '@sentry/nextjs'), 'sentry.server.config.ts'),
      snippet('typescript', browserInit(key, '@sentry/nextjs'), 'sentry.edge.config.ts'),
      snippet(
        'typescript',
        `
        import * as Sentry from "@sentry/nextjs";

        export async function register() {
          if (process.env.NEXT_RUNTIME === "nodejs") {
            await import("./sentry.server.config");
          }
          if (process.env.NEXT_RUNTIME === "edge") {
            await import("./sentry.edge.config");
          }
        }

        export const onRequestError = Sentry.captureRequestError;
        `,
        'instrumentation.ts',
      ),
    ),
    step(
      'Report what React catches',
      snippet(
        'typescript',
        `
        "use client";

        import * as Sentry from "@sentry/nextjs";
        import NextError from "next/error";
        import { useEffect } from "react";

        export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
          useEffect(() => {
            Sentry.captureException(error);
          }, [error]);

          return (
            <html lang="en">
              <body>
                <NextError statusCode={0} />
              </body>
            </html>
          );
        }
        `,
        'app/global-error.tsx',
      ),
    ),
    firstEvent(
      'Start the app, open `/debug-error` and press the button.',
      snippet(
        'typescript',
        `
        "use client";

        export default function Page() {
          return (
            <button
              onClick={() => {
                throw new Error("First event from Next.js");
              }}
            >
              Break something
            </button>
          );
        }
        `,
        'app/debug-error/page.tsx',
      ),
    ),
  ],
}

const sveltekit: Guide = {
  id: 'javascript-sveltekit',
  name: 'SvelteKit',
  place: 'browser',
  steps: (key) => [
    install(
      shell('npm install @sentry/sveltekit'),
      snippet(
        'javascript',
        `
        import { sentrySvelteKit } from "@sentry/sveltekit/vite";
        import { sveltekit } from "@sveltejs/kit/vite";
        import { defineConfig } from "vite";

        export default defineConfig({
          plugins: [sentrySvelteKit(), sveltekit()],
        });
        `,
        'vite.config.js',
      ),
    ),
    step(
      'Configure the browser',
      snippet(
        'javascript',
        `${browserInit(key, '@sentry/sveltekit')}
    export const handleError = Sentry.handleErrorWithSentry();
    `,
        'src/hooks.client.js',
      ),
    ),
    step(
      'Configure the server',
      'The first file has to be allowed in `svelte.config.js`: `kit.experimental.instrumentation.server` and `kit.experimental.tracing.server` are `true`.',
      snippet('javascript', browserInit(key, '@sentry/sveltekit'), 'src/instrumentation.server.js'),
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/sveltekit";
        import { sequence } from "@sveltejs/kit/hooks";

        export const handle = sequence(Sentry.sentryHandle());
        export const handleError = Sentry.handleErrorWithSentry();
        `,
        'src/hooks.server.js',
      ),
    ),
    firstEvent(
      'Open `/debug-error` and press the button.',
      snippet(
        'html',
        `
        <script>
          function fail() {
            throw new Error("First event from SvelteKit");
          }
        </script>

        <button onclick={fail}>Break something</button>
        `,
        'src/routes/debug-error/+page.svelte',
      ),
    ),
  ],
}

const nuxt: Guide = {
  id: 'javascript-nuxt',
  name: 'Nuxt',
  place: 'browser',
  steps: (key) => [
    install(
      shell('npm install @sentry/nuxt'),
      snippet(
        'typescript',
        `
        export default defineNuxtConfig({
          modules: ["@sentry/nuxt/module"],
        });
        `,
        'nuxt.config.ts',
      ),
    ),
    configure(
      'Both files stand beside `nuxt.config.ts`.',
      snippet('typescript', browserInit(key, '@sentry/nuxt'), 'sentry.client.config.ts'),
      snippet('typescript', browserInit(key, '@sentry/nuxt'), 'sentry.server.config.ts'),
    ),
    firstEvent(
      'Open `/debug-error` and press the button.',
      snippet(
        'html',
        `
        <script setup>
        function fail() {
          throw new Error("First event from Nuxt");
        }
        </script>

        <template>
          <button @click="fail">Break something</button>
        </template>
        `,
        'app/pages/debug-error.vue',
      ),
    ),
  ],
}

const astro: Guide = {
  id: 'javascript-astro',
  name: 'Astro',
  place: 'browser',
  steps: (key) => [
    install(
      shell('npx astro add @sentry/astro'),
      snippet(
        'javascript',
        `
        import sentry from "@sentry/astro";
        import { defineConfig } from "astro/config";

        export default defineConfig({
          integrations: [sentry()],
        });
        `,
        'astro.config.mjs',
      ),
    ),
    configure(
      'Both files stand beside `astro.config.mjs`.',
      snippet('javascript', browserInit(key, '@sentry/astro'), 'sentry.client.config.js'),
      snippet('javascript', browserInit(key, '@sentry/astro'), 'sentry.server.config.js'),
    ),
    firstEvent(
      'Open `/debug-error` and press the button.',
      snippet(
        'html',
        `
        <button id="fail">Break something</button>

        <script>
          document.getElementById("fail").onclick = () => {
            throw new Error("First event from Astro");
          };
        </script>
        `,
        'src/pages/debug-error.astro',
      ),
    ),
  ],
}

/** Those that are set up alike: one file for the browser, one that Node.js loads before the app. */
function withEntry(options: {
  id: string
  name: string
  module: string
  entry: string
  start: string
}): Guide {
  const { id, name, module, entry, start } = options
  return {
    id,
    name,
    place: 'browser',
    steps: (key) => [
      install(shell(`npm install ${module}`)),
      step(
        'Configure the browser',
        'At the top of the file that starts the app in the browser.',
        snippet('typescript', browserInit(key, module), entry),
      ),
      serverStep(key, module, start),
      firstEvent(
        'Put this button on a page and press it.',
        snippet(
          'typescript',
          `
          <button
            onClick={() => {
              throw new Error("First event from ${name}");
            }}
          >
            Break something
          </button>
          `,
        ),
      ),
    ],
  }
}

function serverStep(key: GuideKey, module: string, start: string) {
  const file: Snippet = snippet('javascript', browserInit(key, module), 'instrument.server.mjs')
  return step(
    'Configure the server',
    'Node.js loads the file before anything else of the app.',
    file,
    shell(`NODE_OPTIONS="--import ./instrument.server.mjs" ${start}`),
  )
}

const entryGuides: readonly Guide[] = [
  withEntry({
    id: 'javascript-react-router',
    name: 'React Router',
    module: '@sentry/react-router',
    entry: 'app/entry.client.tsx',
    start: 'npx react-router-serve ./build/server/index.js',
  }),
  withEntry({
    id: 'javascript-remix',
    name: 'Remix',
    module: '@sentry/remix',
    entry: 'app/entry.client.tsx',
    start: 'npx remix-serve ./build/server/index.js',
  }),
  withEntry({
    id: 'javascript-tanstackstart-react',
    name: 'TanStack Start',
    module: '@sentry/tanstackstart-react',
    entry: 'src/router.tsx',
    start: 'node .output/server/index.mjs',
  }),
  withEntry({
    id: 'javascript-solidstart',
    name: 'SolidStart',
    module: '@sentry/solidstart',
    entry: 'src/entry-client.tsx',
    start: 'npx vinxi start',
  }),
]

export const fullStackGuides: readonly Guide[] = [nextjs, sveltekit, nuxt, astro, ...entryGuides]
