/** Colours, sizes and density, in one place. Pages use Mantine's tokens and the `--v-…` variables below. */
import {
  ActionIcon,
  Alert,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Tooltip,
} from '@mantine/core'

/** The brand: a lantern's glass. Shade 7 on white and shade 4 on the dark ground are both readable. */
const lantern: MantineColorsTuple = [
  '#ecf8f7',
  '#d5eeec',
  '#a9ddd8',
  '#7acbc4',
  '#52bab1',
  '#2f9f96',
  '#17857d',
  '#0d6d67',
  '#0a5854',
  '#074441',
]

const gray: MantineColorsTuple = [
  '#f7f8f8',
  '#f0f1f2',
  '#e4e6e8',
  '#d5d8dc',
  '#b9bec4',
  '#939aa3',
  '#6a727c',
  '#4c535c',
  '#31363d',
  '#1b1f24',
]

const dark: MantineColorsTuple = [
  '#d9dce0',
  '#b8bdc4',
  '#969da6',
  '#6f767f',
  '#3d4249',
  '#2c3036',
  '#22262b',
  '#181b1f',
  '#131518',
  '#0e1012',
]

const CONTROL_HEIGHT = '32px'

export const theme = createTheme({
  primaryColor: 'lantern',
  primaryShade: { light: 7, dark: 7 },
  colors: { lantern, gray, dark },
  black: '#1b1f24',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  // Three sizes: what stands beside, what is read, what a page is called.
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '20px', xl: '20px' },
  lineHeights: { xs: '1.5', sm: '1.5', md: '1.5', lg: '1.4', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '32px' },
      h2: { fontSize: '14px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '24px' },
    },
  },
  breakpoints: { xs: '22.5em', sm: '37.5em', md: '56.25em', lg: '75em', xl: '90em' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      vars: (_, { size = 'sm' }) => ({
        root: size === 'sm' ? { '--button-height': CONTROL_HEIGHT, '--button-padding-x': '12px' } : {},
      }),
    }),
    Alert: Alert.extend({ defaultProps: { p: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 32 } }),
    Input: Input.extend({
      vars: (_, { size = 'sm' }) => ({
        wrapper: size === 'sm' ? { '--input-height': CONTROL_HEIGHT } : {},
      }),
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: false } },
    }),
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600 } },
    }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md' } }),
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    // 4.5 : 1 and better on white and on the rail.
    '--mantine-color-dimmed': '#5b636d',
    '--mantine-color-placeholder': '#6a727c',
    '--mantine-color-error': '#c02626',
    '--mantine-color-red-filled': '#c02626',
    '--mantine-color-red-outline': '#c02626',
    '--mantine-color-red-text': '#c02626',
    '--mantine-color-red-light': '#fdecec',
    '--mantine-color-red-light-color': '#a61e1e',
    /* Lines between things, and around what can be filled in. */
    '--v-line': '#e4e6e8',
    '--v-line-strong': '#c6cad0',
    /* The rail, and what lies deeper than the page. */
    '--v-rail': '#f6f7f7',
    '--v-sunken': '#f7f8f8',
    '--v-card': '#ffffff',
    '--v-hover': '#f3f4f5',
    '--v-good': '#0d6d67',
    '--v-warning': '#704600',
    '--v-good-ground': '#ecf8f7',
  },
  dark: {
    '--mantine-color-dimmed': '#9aa1aa',
    '--mantine-color-placeholder': '#8f969f',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-red-filled': '#c02626',
    '--mantine-color-red-light': '#351c1e',
    '--mantine-color-red-light-color': '#ffb3b3',
    '--mantine-color-lantern-light': '#10302e',
    '--mantine-color-lantern-light-hover': '#153c39',
    '--mantine-color-lantern-light-color': '#7acbc4',
    '--mantine-color-anchor': '#52bab1',
    '--v-line': '#2c3036',
    '--v-line-strong': '#454b53',
    '--v-rail': '#131518',
    '--v-sunken': '#131518',
    '--v-card': '#1c1f24',
    '--v-hover': '#1f2328',
    '--v-good': '#52bab1',
    '--v-warning': '#f5c04d',
    '--v-good-ground': '#10302e',
  },
})
