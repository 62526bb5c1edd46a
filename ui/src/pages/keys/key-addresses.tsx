import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { ClientKey } from '../../api/keys.ts'
import { CopyField } from '../../parts/copy.tsx'
import { addressesOf, otlpHeader } from './addresses.ts'
import classes from './keys.module.css'

/** Where else can be sent to with a key. What holds the secret is shown when it is asked for. */
export function KeyAddresses({ clientKey: key }: { readonly clientKey: ClientKey }) {
  const [isSecretShown, setSecretShown] = useState(false)
  return (
    <Stack className={classes.section} mt="sm">
      {addressesOf(key).map(({ title, addresses }) => (
        <Stack key={title} gap="xs">
          <Text component="h3" fw={600}>
            {title}
          </Text>
          <div className={classes.addresses}>
            {addresses.map(({ label, purpose, value }) => (
              <CopyField key={label} label={label} description={purpose} value={value} />
            ))}
            {title.includes('OpenTelemetry') && (
              <CopyField
                label="OTLP header"
                description="Goes with both OTLP addresses: OTEL_EXPORTER_OTLP_HEADERS."
                value={otlpHeader(key)}
              />
            )}
          </div>
        </Stack>
      ))}
      <Stack gap="xs">
        <Text component="h3" fw={600}>
          Very old SDKs
        </Text>
        {isSecretShown ? (
          <CopyField
            label="DSN with secret"
            description="Raven and other SDKs from before 2018. Never put it into a web page or an app."
            value={key.dsn.secret}
          />
        ) : (
          <Text component="div">
            SDKs from before 2018 want a DSN with a secret.{' '}
            <Button variant="default" size="compact-xs" onClick={() => setSecretShown(true)}>
              Show it
            </Button>
          </Text>
        )}
      </Stack>
    </Stack>
  )
}
