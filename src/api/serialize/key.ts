/** Client key → Sentry JSON, with every variant of its DSN. */
import { type Static, Type } from 'typebox'
import { dsnVariants } from '../../protocol/dsn.ts'
import type { ClientKey } from '../../store/client-keys.ts'
import { DateTime, isoDate, isoDateOrNull } from './dates.ts'

export const ClientKeyJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    label: Type.String(),
    public: Type.String(),
    secret: Type.String(),
    projectId: Type.Integer(),
    isActive: Type.Boolean(),
    rateLimit: Type.Union([Type.Object({ window: Type.Integer(), count: Type.Integer() }), Type.Null()]),
    dsn: Type.Object({
      secret: Type.String(),
      public: Type.String(),
      csp: Type.String(),
      security: Type.String(),
      minidump: Type.String(),
      nel: Type.String(),
      unreal: Type.String(),
      crons: Type.String(),
      cdn: Type.String(),
      playstation: Type.String(),
      integration: Type.String(),
      otlp_traces: Type.String(),
      otlp_logs: Type.String(),
    }),
    browserSdkVersion: Type.String(),
    browserSdk: Type.Object({ choices: Type.Array(Type.Tuple([Type.String(), Type.String()])) }),
    dateCreated: Type.Union([DateTime, Type.Null()]),
    /** Not Sentry's: when the last item came through the key, and what it was rotated from and to. */
    lastUsed: Type.Union([DateTime, Type.Null()]),
    rotatedFrom: Type.Union([Type.String(), Type.Null()]),
    rotatedTo: Type.Union([Type.String(), Type.Null()]),
    dynamicSdkLoaderOptions: Type.Object({
      hasReplay: Type.Boolean(),
      hasPerformance: Type.Boolean(),
      hasDebug: Type.Boolean(),
      hasFeedback: Type.Boolean(),
      hasLogsAndMetrics: Type.Boolean(),
    }),
    useCase: Type.Optional(Type.String()),
  },
  { title: 'ClientKey' },
)

/** Majors that a new project offers; the first is its default. */
export const offeredSdkVersions = ['10.x', '9.x', '8.x', '7.x'] as const

/** `showUseCase` is for superusers only. */
export function clientKeyJson(
  key: ClientKey,
  { baseUrl, showUseCase }: { baseUrl: string; showUseCase: boolean },
): Static<typeof ClientKeyJson> {
  const name = key.label || key.publicKey.slice(0, 14)
  const { hasReplay, hasPerformance, hasDebug, hasFeedback, hasLogsAndMetrics } = key.loaderOptions
  return {
    id: key.publicKey,
    name,
    label: name,
    public: key.publicKey,
    secret: key.secretKey,
    projectId: key.projectId,
    isActive: key.isActive,
    rateLimit: key.rateLimit === null ? null : { window: key.rateLimit.window, count: key.rateLimit.count },
    dsn: dsnVariants({
      endpoint: baseUrl,
      projectId: key.projectId,
      publicKey: key.publicKey,
      secretKey: key.secretKey,
    }),
    browserSdkVersion: key.browserSdkVersion ?? offeredSdkVersions[0],
    browserSdk: { choices: offeredSdkVersions.map((version) => [version, version]) },
    dateCreated: isoDate(key.createdAt),
    lastUsed: isoDateOrNull(key.lastUsedAt),
    rotatedFrom: key.rotatedFrom,
    rotatedTo: key.rotatedTo,
    dynamicSdkLoaderOptions: {
      hasReplay: hasReplay ?? false,
      hasPerformance: hasPerformance ?? false,
      hasDebug: hasDebug ?? false,
      hasFeedback: hasFeedback ?? false,
      hasLogsAndMetrics: hasLogsAndMetrics ?? false,
    },
    ...(showUseCase ? { useCase: key.useCase } : {}),
  }
}
