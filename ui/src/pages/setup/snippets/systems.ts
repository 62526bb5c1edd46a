/** Rust, Elixir, C and C++, games. */
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

export const native: Guide = {
  id: 'native',
  name: 'C and C++',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'From source: this builds the SDK and its crash handler with your program.',
      snippet(
        'text',
        `
        include(FetchContent)
        FetchContent_Declare(
          sentry
          GIT_REPOSITORY https://github.com/getsentry/sentry-native.git
          GIT_TAG ${versions.sentryNative}
        )
        FetchContent_MakeAvailable(sentry)

        target_link_libraries(my_app PRIVATE sentry)
        `,
        'CMakeLists.txt',
      ),
    ),
    step(
      'Configure, and send a first event',
      'The handler stands beside your program when you ship it.',
      snippet(
        'cpp',
        `
        #include <sentry.h>

        int main(void) {
          sentry_options_t *options = sentry_options_new();
          sentry_options_set_dsn(options, "${dsn.public}");
          sentry_options_set_database_path(options, ".sentry-native");
          sentry_options_set_release(options, "shop@1.2.3");
          sentry_init(options);

          sentry_capture_event(sentry_value_new_message_event(
              SENTRY_LEVEL_INFO, "shop", "First event from C"));

          sentry_close();
          return 0;
        }
        `,
        'main.c',
      ),
    ),
  ],
}

const qt: Guide = {
  id: 'native-qt',
  name: 'Qt',
  place: 'machine',
  steps: (key) => [
    ...native.steps(key).slice(0, 1),
    step(
      'Configure, and send a first event',
      'Before the application object, and closed after it.',
      snippet(
        'cpp',
        `
        #include <QtWidgets>
        #include <sentry.h>

        int main(int argc, char *argv[]) {
          sentry_options_t *options = sentry_options_new();
          sentry_options_set_dsn(options, "${key.dsn.public}");
          sentry_options_set_database_path(options, ".sentry-native");
          sentry_options_set_release(options, "shop@1.2.3");
          sentry_init(options);
          auto closed = qScopeGuard([] { sentry_close(); });

          QApplication app(argc, argv);
          sentry_capture_event(sentry_value_new_message_event(
              SENTRY_LEVEL_INFO, "shop", "First event from Qt"));
          return app.exec();
        }
        `,
        'main.cpp',
      ),
    ),
  ],
}

export const minidump: Guide = {
  id: 'minidump',
  name: 'Minidump',
  place: 'machine',
  steps: ({ dsn }) => [
    step(
      'Send a dump by hand',
      'Everything beside the dump goes into the event: fields of the event in brackets, others as extra data, further files as attachments.',
      shell(`
        curl --fail \\
          --form 'upload_file_minidump=@crash.dmp' \\
          --form 'sentry[release]=shop@1.2.3' \\
          --form 'sentry[environment]=production' \\
          '${dsn.minidump}'
        `),
    ),
    step(
      'With Crashpad',
      'The handler uploads by itself. Uploads have to be allowed in its database once.',
      snippet(
        'cpp',
        `
        #include "client/crash_report_database.h"
        #include "client/crashpad_client.h"
        #include "client/settings.h"

        bool StartCrashHandler(const base::FilePath& handler, const base::FilePath& database) {
          auto reports = crashpad::CrashReportDatabase::Initialize(database);
          if (!reports) return false;
          reports->GetSettings()->SetUploadsEnabled(true);

          static crashpad::CrashpadClient client;
          return client.StartHandler(
              handler, database, database,
              "${dsn.minidump}",
              {{"sentry[release]", "shop@1.2.3"}},
              {"--no-rate-limit"},
              true, false);
        }
        `,
      ),
    ),
    step(
      'With Breakpad',
      'On Linux the sender that comes with it does the same as the first line.',
      snippet(
        'cpp',
        `
        #include "common/linux/http_upload.h"

        std::map<std::string, std::string> parameters{{"sentry[release]", "shop@1.2.3"}};
        std::map<std::string, std::string> files{{"upload_file_minidump", "crash.dmp"}};
        long status = 0;
        google_breakpad::HTTPUpload::SendRequest(
            "${dsn.minidump}",
            parameters, files, "", "", "", nullptr, &status, nullptr);
        `,
      ),
    ),
  ],
}

const electron: Guide = {
  id: 'electron',
  name: 'Electron',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('npm install @sentry/electron')),
    configure(
      'In the main process, as early as you can. It reports crashes of every process.',
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/electron/main";

        Sentry.init({
          dsn: "${dsn.public}",
        });
        `,
        'main.mjs',
      ),
      snippet(
        'javascript',
        `
        import * as Sentry from "@sentry/electron/renderer";

        Sentry.init();
        `,
        'renderer.js',
      ),
    ),
    firstEvent(
      'In a window.',
      snippet(
        'javascript',
        'setTimeout(() => {\n  throw new Error("First event from Electron");\n});',
        'renderer.js',
      ),
    ),
  ],
}

const unity: Guide = {
  id: 'unity',
  name: 'Unity',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'In the Package Manager choose the plus, then the one by a Git address.',
      snippet('text', 'https://github.com/getsentry/unity.git'),
    ),
    configure('In the menu choose Tools, Sentry, and enter the DSN.', snippet('text', dsn.public)),
    firstEvent(
      'From any script.',
      snippet(
        'csharp',
        `
        using Sentry;
        using UnityEngine;

        public class FirstEvent : MonoBehaviour
        {
            private void Start()
            {
                SentrySdk.CaptureMessage("First event from Unity");
            }
        }
        `,
        'FirstEvent.cs',
      ),
    ),
  ],
}

const unreal: Guide = {
  id: 'unreal',
  name: 'Unreal Engine',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'Put the plugin into `Plugins` of your project and let the editor build it. For C++ name it in the build script.',
      snippet(
        'csharp',
        'PublicDependencyModuleNames.AddRange(new string[] { "Sentry" });',
        'MyProject.Build.cs',
      ),
    ),
    configure(
      'In the editor open Project Settings, Plugins, Sentry, and enter the DSN.',
      snippet('text', dsn.public),
    ),
    firstEvent(
      snippet(
        'cpp',
        `
        #include "SentrySubsystem.h"

        USentrySubsystem* Sentry = GEngine->GetEngineSubsystem<USentrySubsystem>();
        Sentry->CaptureMessage(TEXT("First event from Unreal Engine"));
        `,
      ),
    ),
    step(
      'Without the plugin',
      "Unreal's own Crash Report Client can send here as well. Crashes only, no messages.",
      snippet(
        'ini',
        `
        [CrashReportClient]
        CrashReportClientVersion=1.0
        DataRouterUrl="${dsn.unreal}"
        `,
        'Engine/Programs/CrashReportClient/Config/DefaultEngine.ini',
      ),
    ),
  ],
}

const godot: Guide = {
  id: 'godot',
  name: 'Godot',
  place: 'machine',
  steps: ({ dsn }) => [
    install('Put the add-on into `addons/sentry` of your project and restart the editor.'),
    configure('In Project Settings open Sentry, Options, and enter the DSN.', snippet('text', dsn.public)),
    firstEvent(
      'From any script.',
      snippet(
        'text',
        `
        extends Node

        func _ready():
            SentrySDK.capture_message("First event from Godot")
        `,
        'first_event.gd',
      ),
    ),
  ],
}

function consoleGuide(id: string, name: string): Guide {
  return {
    id,
    name,
    place: 'machine',
    steps: ({ dsn }) => [
      install('The SDK for consoles comes from Sentry, for those who have access to the maker’s tools.'),
      configure('Give it the DSN.', snippet('text', dsn.public)),
      firstEvent(
        snippet(
          'cpp',
          `
          sentry_capture_event(sentry_value_new_message_event(
              SENTRY_LEVEL_INFO, "game", "First event from ${name}"));
          `,
        ),
      ),
    ],
  }
}

const consoleGuides: readonly Guide[] = [
  consoleGuide('nintendo-switch', 'Nintendo Switch'),
  consoleGuide('playstation', 'PlayStation'),
  consoleGuide('xbox', 'Xbox'),
]

export const systemGuides: readonly Guide[] = [
  rust,
  elixir,
  native,
  qt,
  minidump,
  electron,
  unity,
  unreal,
  godot,
  ...consoleGuides,
]
