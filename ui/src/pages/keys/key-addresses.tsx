import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type ClientKey, keyQuery } from '../../api/keys.ts'
import { CopyField } from '../../parts/copy.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { addressesOf, otlpHeader } from './addresses.ts'
import classes from './keys.module.css'

/** Where else can be sent to with a key. What holds the secret is shown when it is asked for. */
export function KeyAddresses({
  project,
  clientKey: key,
}: {
  readonly project: string
  readonly clientKey: ClientKey
}) {
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
          <Secret project={project} id={key.id} />
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

function Secret({ project, id }: { readonly project: string; readonly id: string }) {
  const whole = useQuery(keyQuery(useOrg(), project, id))
  return (
    <Loaded query={whole} what="The secret could not be loaded" skeleton={<BlockSkeleton height={64} />}>
      {({ dsn }) => (
        <CopyField
          label="DSN with secret"
          description="Raven and other SDKs from before 2018. Never put it into a web page or an app."
          value={dsn.secret}
        />
      )}
    </Loaded>
  )
}
