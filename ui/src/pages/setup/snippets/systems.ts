/** Rust and Elixir. */
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'
import { versions } from './versions.ts'

const rust: Guide = {
  id: 'rust',
  name: 'Rust',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('cargo add sentry')),
    step(
      'Configure, and send a first event',
      'The guard sends what waits when it goes out of scope, so it has to live as long as the program.',
      snippet(
        'rust',
        `
        fn main() {
            let _guard = sentry::init("${dsn.public}");

            panic!("First event from Rust");
        }
        `,
        'src/main.rs',
      ),
    ),
  ],
}

const elixir: Guide = {
  id: 'elixir',
  name: 'Elixir',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'Before Elixir 1.18 you need `jason` as well.',
      snippet(
        'elixir',
        `
        defp deps do
          [
            {:sentry, "~> ${versions.sentryElixir}"},
            {:finch, "~> 0.21"}
          ]
        end
        `,
        'mix.exs',
      ),
      shell('mix deps.get'),
    ),
    configure(
      snippet(
        'elixir',
        `
        config :sentry,
          dsn: "${dsn.public}",
          environment_name: config_env(),
          enable_source_code_context: true,
          root_source_code_paths: [File.cwd!()]
        `,
        'config/config.exs',
      ),
    ),
    step(
      'Report what crashes',
      snippet(
        'elixir',
        `
        def start(_type, _args) do
          :logger.add_handler(:sentry, Sentry.LoggerHandler, %{
            config: %{metadata: [:file, :line]}
          })

          # Your supervision tree starts here.
        end
        `,
        'lib/my_app/application.ex',
      ),
    ),
    step(
      'With Phoenix or Plug',
      'Below `Plug.Parsers`, so that events say which request they belong to.',
      snippet('elixir', 'plug Sentry.PlugContext', 'lib/my_app_web/endpoint.ex'),
    ),
    firstEvent(shell('mix sentry.send_test_event')),
  ],
}

export const systemGuides: readonly Guide[] = [rust, elixir]
