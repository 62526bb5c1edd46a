/** Phones and tablets. */
import { browserInit } from './browser.ts'
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'
import { versions } from './versions.ts'

const android: Guide = {
  id: 'android',
  name: 'Android',
  place: 'phone',
  steps: ({ dsn }) => [
    install(
      snippet(
        'kotlin',
        `
        dependencies {
            implementation("io.sentry:sentry-android:${versions.sentryJava}")
        }
        `,
        'app/build.gradle.kts',
      ),
    ),
    configure(
      'The SDK starts by itself, before your app does.',
      snippet(
        'xml',
        `
        <manifest xmlns:android="http://schemas.android.com/apk/res/android">
          <uses-permission android:name="android.permission.INTERNET" />

          <application>
            <meta-data android:name="io.sentry.dsn" android:value="${dsn.public}" />
          </application>
        </manifest>
        `,
        'app/src/main/AndroidManifest.xml',
      ),
    ),
    firstEvent(
      snippet(
        'kotlin',
        `
        import android.app.Activity
        import android.os.Bundle
        import io.sentry.Sentry

        class MainActivity : Activity() {
            override fun onCreate(savedInstanceState: Bundle?) {
                super.onCreate(savedInstanceState)
                Sentry.captureException(IllegalStateException("First event from Android"))
            }
        }
        `,
        'MainActivity.kt',
      ),
    ),
  ],
}

function appleGuide(id: string, name: string): Guide {
  return {
    id,
    name,
    place: 'phone',
    steps: ({ dsn }) => [
      install(
        'In Xcode choose File, Add Package Dependencies, and enter this address. Add the product `Sentry` to your target.',
        snippet('text', 'https://github.com/getsentry/sentry-cocoa.git'),
      ),
      configure(
        'Where the app starts.',
        snippet(
          'swift',
          `
          import Sentry
          import SwiftUI

          @main
          struct ShopApp: App {
              init() {
                  SentrySDK.start { options in
                      options.dsn = "${dsn.public}"
                  }
              }

              var body: some Scene {
                  WindowGroup {
                      ContentView()
                  }
              }
          }
          `,
          'ShopApp.swift',
        ),
      ),
      firstEvent(
        'Crashes are sent when the app is started the next time, and not at all while the debugger is attached. A message is sent at once.',
        snippet(
          'swift',
          `
          Button("Break something") {
              SentrySDK.capture(message: "First event from ${name}")
          }
          `,
          'ContentView.swift',
        ),
      ),
    ],
  }
}

const appleGuides: readonly Guide[] = [
  appleGuide('apple-ios', 'iOS'),
  appleGuide('apple', 'Apple'),
  { ...appleGuide('apple-macos', 'macOS'), place: 'machine' },
]

const reactNative: Guide = {
  id: 'react-native',
  name: 'React Native',
  place: 'phone',
  steps: (key) => [
    install(
      'The second line is for iOS and not needed with Expo.',
      shell(`
        npm install @sentry/react-native
        npx pod-install
        `),
    ),
    configure(
      'At the top of the file with your app, and around it.',
      snippet(
        'javascript',
        `${browserInit(key, '@sentry/react-native')}
    export default Sentry.wrap(App);
    `,
        'App.js',
      ),
    ),
    firstEvent(
      'Put this button on a screen and press it.',
      snippet(
        'javascript',
        `
        <Button
          title="Break something"
          onPress={() => {
            throw new Error("First event from React Native");
          }}
        />
        `,
      ),
    ),
  ],
}

const flutter: Guide = {
  id: 'flutter',
  name: 'Flutter',
  place: 'phone',
  steps: ({ dsn }) => [
    install(shell('flutter pub add sentry_flutter')),
    configure(
      snippet(
        'dart',
        `
        import 'package:flutter/material.dart';
        import 'package:sentry_flutter/sentry_flutter.dart';

        Future<void> main() async {
          await SentryFlutter.init(
            (options) {
              options.dsn = '${dsn.public}';
            },
            appRunner: () => runApp(SentryWidget(child: const MyApp())),
          );
        }
        `,
        'lib/main.dart',
      ),
    ),
    firstEvent(
      'Put this button on a screen and press it.',
      snippet(
        'dart',
        `
        ElevatedButton(
          onPressed: () => throw StateError('First event from Flutter'),
          child: const Text('Break something'),
        )
        `,
      ),
    ),
  ],
}

const dart: Guide = {
  id: 'dart',
  name: 'Dart',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('dart pub add sentry')),
    step(
      'Configure, and send a first event',
      snippet(
        'dart',
        `
        import 'package:sentry/sentry.dart';

        Future<void> main() async {
          await Sentry.init((options) {
            options.dsn = '${dsn.public}';
          });

          await Sentry.captureException(StateError('First event from Dart'));
          await Sentry.close();
        }
        `,
        'bin/main.dart',
      ),
    ),
  ],
}

function capacitorGuide(id: string, name: string): Guide {
  return {
    id,
    name,
    place: 'phone',
    steps: ({ dsn }) => [
      install(
        'Beside it comes the SDK of your framework: `@sentry/react`, `@sentry/vue` or `@sentry/angular`, in the exact version that the first package asks for.',
        shell(`
          npm install --save-exact @sentry/capacitor @sentry/react
          npx cap sync
          `),
      ),
      configure(
        'Before the app is mounted.',
        snippet(
          'javascript',
          `
          import * as Sentry from "@sentry/capacitor";
          import * as SentryReact from "@sentry/react";

          Sentry.init(
            {
              dsn: "${dsn.public}",
            },
            SentryReact.init,
          );
          `,
          'src/main.jsx',
        ),
      ),
      firstEvent(
        snippet(
          'javascript',
          `Sentry.captureException(new Error("First event from ${name}"));`,
          'src/main.jsx',
        ),
      ),
    ],
  }
}

const capacitorGuides: readonly Guide[] = [
  capacitorGuide('capacitor', 'Capacitor'),
  capacitorGuide('ionic', 'Ionic'),
]

const cordova: Guide = {
  id: 'cordova',
  name: 'Cordova',
  place: 'phone',
  steps: ({ dsn }) => [
    install(shell('cordova plugin add sentry-cordova')),
    step(
      'Configure, and send a first event',
      snippet(
        'javascript',
        `
        document.addEventListener("deviceready", () => {
          const Sentry = cordova.require("sentry-cordova.Sentry");
          Sentry.init({
            dsn: "${dsn.public}",
          });
          Sentry.captureMessage("First event from Cordova");
        });
        `,
        'www/js/index.js',
      ),
    ),
  ],
}

export const mobileGuides: readonly Guide[] = [
  android,
  ...appleGuides,
  reactNative,
  flutter,
  dart,
  ...capacitorGuides,
  cordova,
]
