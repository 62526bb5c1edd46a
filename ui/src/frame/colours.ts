/** Light, dark, or as the system has it. The name is also in public/first-paint.js, which applies it first. */
import { localStorageColorSchemeManager, useMantineColorScheme } from '@mantine/core'

export type Colours = 'auto' | 'light' | 'dark'

export const coloursManager = localStorageColorSchemeManager({ key: 'vedette.colours' })

export const colourNames: Readonly<Record<Colours, string>> = {
  auto: 'As the system',
  light: 'Light',
  dark: 'Dark',
}

export function useColours(): readonly [Colours, (colours: Colours) => void] {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return [colorScheme, setColorScheme]
}
