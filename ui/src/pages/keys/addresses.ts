/** Every address that a key hands out, with who sends to it. */
import type { ClientKey } from '../../api/keys.ts'

export interface KeyAddress {
  readonly label: string
  readonly purpose: string
  readonly value: string
}

export interface AddressGroup {
  readonly title: string
  readonly addresses: readonly KeyAddress[]
}

/** Without the DSN itself, and without what holds the secret. */
export function addressesOf({ dsn }: Pick<ClientKey, 'dsn'>): readonly AddressGroup[] {
  return [
    {
      title: 'Browsers',
      addresses: [
        {
          label: 'Loader script',
          purpose: 'One tag that loads the SDK by itself, with the options below.',
          value: `<script src="${dsn.cdn}" crossorigin="anonymous"></script>`,
        },
        {
          label: 'Security reports',
          purpose: 'For report-uri of a Content-Security-Policy, Expect-CT and their relatives.',
          value: dsn.security,
        },
        {
          label: 'Network errors',
          purpose: 'For Report-To: browsers report requests that failed (NEL).',
          value: dsn.nel,
        },
      ],
    },
    {
      title: 'Crash reporters',
      addresses: [
        {
          label: 'Minidump',
          purpose: 'Crashpad, Breakpad and Electron upload their dumps here.',
          value: dsn.minidump,
        },
        {
          label: 'Unreal Engine',
          purpose: 'For DataRouterUrl of CrashReportClient.',
          value: dsn.unreal,
        },
      ],
    },
    {
      title: 'Jobs and OpenTelemetry',
      addresses: [
        {
          label: 'Cron monitors',
          purpose: 'Check-ins by curl; put the monitor’s slug in the place of its name.',
          value: dsn.crons,
        },
        {
          label: 'OTLP traces',
          purpose: 'Exporters send spans here, as JSON or protobuf.',
          value: dsn.otlp_traces,
        },
        {
          label: 'OTLP logs',
          purpose: 'Exporters send log records here, as JSON or protobuf.',
          value: dsn.otlp_logs,
        },
        {
          label: 'Log drains',
          purpose: 'The root under which drains of hosting platforms send their logs.',
          value: dsn.integration,
        },
      ],
    },
  ]
}

/** Exporters prove who they are by this header. */
export function otlpHeader({ public: key }: Pick<ClientKey, 'public'>): string {
  return `x-sentry-auth: sentry sentry_key=${key}`
}
