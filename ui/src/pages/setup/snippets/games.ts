/** Game engines and consoles. */
import { configure, firstEvent, type Guide, install, snippet, step } from './guide.ts'

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

export const gameGuides: readonly Guide[] = [unity, unreal, godot, ...consoleGuides]
