import {
  ActionIcon,
  Button,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  TextInput,
  Tooltip,
} from '@mantine/core'

const iris: MantineColorsTuple = [
  '#f0f0ff',
  '#dedefc',
  '#bcbcf7',
  '#a0a0f4',
  '#8b8bf5',
  '#7070e8',
  '#5b5bd6',
  '#5353c9',
  '#4545ad',
  '#37378c',
]

/** A dialog's head is no banner of the page, and its button to close says so. */
const dialog = {
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'presentation' } },
}
const raised = { background: 'var(--v-raised)', border: '1px solid var(--v-border)' }

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: { iris },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Drawer: Drawer.extend({ defaultProps: dialog }),
    Modal: Modal.extend({ defaultProps: dialog, styles: { content: raised, header: { background: 'none' } } }),
    Menu: Menu.extend({ styles: { dropdown: raised } }),
    Popover: Popover.extend({ styles: { dropdown: raised } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
})

const surfaces = {
  '--mantine-color-body': 'var(--v-bg)',
  '--mantine-color-text': 'var(--v-text)',
  '--mantine-color-dimmed': 'var(--v-muted)',
  '--mantine-color-placeholder': 'var(--v-muted)',
  '--mantine-color-default': 'var(--v-surface)',
  '--mantine-color-default-hover': 'var(--v-hover)',
  '--mantine-color-default-color': 'var(--v-text)',
  '--mantine-color-default-border': 'var(--v-border)',
  '--mantine-color-error': 'var(--v-bad)',
}

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: {
    ...surfaces,
    '--mantine-color-dark-4': 'var(--v-border)',
    '--mantine-color-dark-5': 'var(--v-hover)',
    '--mantine-color-dark-6': 'var(--v-raised)',
    '--mantine-color-dark-7': 'var(--v-surface)',
  },
})
