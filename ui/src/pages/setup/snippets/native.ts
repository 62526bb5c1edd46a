/** C, C++, crashes of any native program, Electron. */
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'
import { versions } from './versions.ts'

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

export const nativeGuides: readonly Guide[] = [native, qt, minidump, electron]
