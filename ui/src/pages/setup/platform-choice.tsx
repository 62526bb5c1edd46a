import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSelector } from '@tabler/icons-react'
import { PlatformIcon } from '../../parts/platforms/platform-icon.tsx'
import { PlatformPicker } from '../../parts/platforms/platform-picker.tsx'
import { platformOf } from '../../parts/platforms/platforms.ts'

interface Props {
  readonly platform: string
  readonly onChange: (platform: string) => void
}

/** The platform whose guide is shown; another one can be chosen. */
export function PlatformChoice({ platform, onChange }: Props) {
  const [isOpen, { open, close }] = useDisclosure()
  const { name } = platformOf(platform)
  return (
    <>
      <Button
        variant="default"
        aria-label={`Platform: ${name}. Choose another`}
        leftSection={<PlatformIcon platform={platform} size={20} />}
        rightSection={<IconSelector size={16} aria-hidden />}
        onClick={open}
      >
        {name}
      </Button>
      <Modal opened={isOpen} onClose={close} title="Choose a platform" size={720} padding="md">
        <PlatformPicker
          value={platform}
          label="Platform"
          isLabelHidden
          isFocused
          onChange={(chosen) => {
            onChange(chosen)
            close()
          }}
        />
      </Modal>
    </>
  )
}
