/** Versions that stand in snippets, where the build tool of a language wants one written down. */
export const versions = {
  sentryJava: '8.62.0',
  sentryElixir: '13.5',
  sentryNative: '0.12.0',
} as const
