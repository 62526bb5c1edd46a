/** Web pages: JavaScript with and without a framework. */
import { configure, firstEvent, type Guide, type GuideKey, install, shell, snippet, step } from './guide.ts'

const javascript: Guide = {
  id: 'javascript',
  name: 'JavaScript',
  place: 'browser',
  steps: ({ dsn }) => [
    install('Without a bundler, use the loader tag instead.', shell('npm install @sentry/browser')),
    configure(
      'Start it before anything else of your page.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/browser";

        Sentry.init({
          dsn: "${dsn.public}",
        });
        `,
        'main.js',
      ),
    ),
    firstEvent(
      'Errors that nobody catches are sent by themselves.',
      snippet(
        'javascript',
        `
        setTimeout(() => {
          throw new Error("First event from JavaScript");
        });
        `,
        'main.js',
      ),
    ),
  ],
}

const react: Guide = {
  id: 'javascript-react',
  name: 'React',
  place: 'browser',
  steps: (key) => [
    install(shell('npm install @sentry/react')),
    configure(
      'A file of its own makes sure that it runs first.',
      snippet('javascript', browserInit(key, '@sentry/react'), 'src/instrument.js'),
    ),
    step(
      'Report what React catches',
      'The hooks are there from React 19 on. With older versions leave them out and put `Sentry.ErrorBoundary` around your app.',
      snippet(
        'javascript',
        `
        import "./instrument"; // has to be the first import
        import * as Sentry from "@sentry/react";
        import { createRoot } from "react-dom/client";
        import App from "./App";

        createRoot(document.getElementById("root"), {
          onUncaughtError: Sentry.reactErrorHandler(),
          onCaughtError: Sentry.reactErrorHandler(),
          onRecoverableError: Sentry.reactErrorHandler(),
        }).render(<App />);
        `,
        'src/main.jsx',
      ),
    ),
    firstEvent(
      'Put this button anywhere and press it.',
      snippet(
        'javascript',
        `
        <button
          onClick={() => {
            throw new Error("First event from React");
          }}
        >
          Break something
        </button>
        `,
      ),
    ),
  ],
}

const vue: Guide = {
  id: 'javascript-vue',
  name: 'Vue',
  place: 'browser',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/vue')),
    configure(
      'Between `createApp` and `mount`.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/vue";
        import { createApp } from "vue";
        import App from "./App.vue";

        const app = createApp(App);

        Sentry.init({
          app,
          dsn: "${dsn.public}",
        });

        app.mount("#app");
        `,
        'src/main.js',
      ),
    ),
    firstEvent(
      'Press the button of this component.',
      snippet(
        'html',
        `
        <script setup>
        function fail() {
          throw new Error("First event from Vue");
        }
        </script>

        <template>
          <button @click="fail">Break something</button>
        </template>
        `,
        'src/App.vue',
      ),
    ),
  ],
}

const angular: Guide = {
  id: 'javascript-angular',
  name: 'Angular',
  place: 'browser',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/angular')),
    configure(
      'Before Angular starts.',
      snippet(
        'typescript',
        `
        import { bootstrapApplication } from "@angular/platform-browser";
        import * as Sentry from "@sentry/angular";
        import { App } from "./app/app";
        import { appConfig } from "./app/app.config";

        Sentry.init({
          dsn: "${dsn.public}",
        });

        bootstrapApplication(App, appConfig).catch((error) => console.error(error));
        `,
        'src/main.ts',
      ),
    ),
    step(
      'Report what Angular catches',
      snippet(
        'typescript',
        `
        import { type ApplicationConfig, ErrorHandler } from "@angular/core";
        import * as Sentry from "@sentry/angular";

        export const appConfig: ApplicationConfig = {
          providers: [
            // Your other providers stand here.
            { provide: ErrorHandler, useValue: Sentry.createErrorHandler() },
          ],
        };
        `,
        'src/app/app.config.ts',
      ),
    ),
    firstEvent(
      'Add a button to a component and press it.',
      snippet('html', '<button (click)="fail()">Break something</button>', 'src/app/app.html'),
      snippet(
        'typescript',
        `
        fail(): void {
          throw new Error("First event from Angular");
        }
        `,
        'src/app/app.ts',
      ),
    ),
  ],
}

const svelte: Guide = {
  id: 'javascript-svelte',
  name: 'Svelte',
  place: 'browser',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/svelte')),
    configure(
      'Before the app is mounted.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/svelte";
        import { mount } from "svelte";
        import App from "./App.svelte";

        Sentry.init({
          dsn: "${dsn.public}",
        });

        mount(App, { target: document.getElementById("app") });
        `,
        'src/main.js',
      ),
    ),
    firstEvent(
      'Press the button of this component.',
      snippet(
        'html',
        `
        <script>
          function fail() {
            throw new Error("First event from Svelte");
          }
        </script>

        <button onclick={fail}>Break something</button>
        `,
        'src/App.svelte',
      ),
    ),
  ],
}

const solid: Guide = {
  id: 'javascript-solid',
  name: 'Solid',
  place: 'browser',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/solid')),
    configure(
      'Before the app is rendered. The boundary reports what Solid catches.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/solid";
        import { ErrorBoundary } from "solid-js";
        import { render } from "solid-js/web";
        import App from "./App";

        Sentry.init({
          dsn: "${dsn.public}",
        });

        const Boundary = Sentry.withSentryErrorBoundary(ErrorBoundary);

        render(
          () => (
            <Boundary fallback={<p>Something went wrong.</p>}>
              <App />
            </Boundary>
          ),
          document.getElementById("root"),
        );
        `,
        'src/index.jsx',
      ),
    ),
    firstEvent(
      'Put this button anywhere and press it.',
      snippet(
        'javascript',
        `
        <button
          onClick={() => {
            throw new Error("First event from Solid");
          }}
        >
          Break something
        </button>
        `,
      ),
    ),
  ],
}

const ember: Guide = {
  id: 'javascript-ember',
  name: 'Ember',
  place: 'browser',
  steps: (key) => [
    install(shell('ember install @sentry/ember')),
    configure(
      'Above the class of your application.',
      snippet('javascript', browserInit(key, '@sentry/ember'), 'app/app.js'),
    ),
    thrownInPage('Ember', 'app/app.js'),
  ],
}

const gatsby: Guide = {
  id: 'javascript-gatsby',
  name: 'Gatsby',
  place: 'browser',
  steps: (key) => [
    install(shell('npm install @sentry/gatsby')),
    configure(
      'Add the plugin, and the file that it looks for beside it.',
      snippet(
        'javascript',
        `
        module.exports = {
          plugins: ["@sentry/gatsby"],
        };
        `,
        'gatsby-config.js',
      ),
      snippet('javascript', browserInit(key, '@sentry/gatsby'), 'sentry.config.js'),
    ),
    thrownInPage('Gatsby', 'gatsby-browser.js'),
  ],
}

export const loader: Guide = {
  id: 'loader',
  name: 'Loader tag',
  place: 'browser',
  steps: ({ dsn }) => [
    step(
      'Add the tag',
      'In the head, above all other scripts. It is small, and fetches the SDK from this server when there is something to send. What the SDK does is set with the key.',
      snippet('html', `<script src="${dsn.cdn}" crossorigin="anonymous"></script>`, 'index.html'),
    ),
    step(
      'Set options, if you like',
      'Above the tag.',
      snippet(
        'html',
        `
        <script>
          window.sentryOnLoad = function () {
            Sentry.init({
              environment: "production",
            });
          };
        </script>
        `,
      ),
    ),
    firstEvent(
      'Below the tag.',
      snippet('html', `<script>throw new Error("First event by the loader");</script>`, 'index.html'),
    ),
  ],
}

export function browserInit({ dsn }: GuideKey, module: string): string {
  return `
    import * as Sentry from "${module}";

    Sentry.init({
      dsn: "${dsn.public}",
    });
    `
}

function thrownInPage(name: string, file: string) {
  return firstEvent(
    'Errors that nobody catches are sent by themselves.',
    snippet(
      'javascript',
      `
      setTimeout(() => {
        throw new Error("First event from ${name}");
      });
      `,
      file,
    ),
  )
}

export const browserGuides: readonly Guide[] = [
  javascript,
  react,
  vue,
  angular,
  svelte,
  solid,
  ember,
  gatsby,
  loader,
]
