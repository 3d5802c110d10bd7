import { Button, ColorInput, Popover, UnstyledButton } from '@mantine/core'

import { COLOR_NAMES, paint } from '@/features/dashboards/model/colors'

import classes from './PanelForm.module.css'

interface Props {
  label: string
  color: string
  onChange: (color: string) => void
  /** There where no colour is a choice, too. */
  onClear?: () => void
}

/** One of the theme's colours, which fit light and dark, or any other. */
export function ColorPick({ label, color, onChange, onClear }: Props) {
  return (
    <Popover position="bottom-start" shadow="md" width={212}>
      <Popover.Target>
        <UnstyledButton
          className={classes.swatch}
          style={color ? { background: paint(color) } : undefined}
          data-none={!color || undefined}
          aria-label={`${label}: ${color || 'none'}`}
          title={color || 'none'}
        />
      </Popover.Target>
      <Popover.Dropdown p={10}>
        <div className={classes.swatches} style={{ marginBottom: 10 }}>
          {COLOR_NAMES.map((name) => (
            <UnstyledButton
              key={name}
              className={classes.swatch}
              style={{ background: paint(name) }}
              aria-label={name}
              title={name}
              onClick={() => onChange(name)}
            />
          ))}
        </div>
        <ColorInput
          size="xs"
          aria-label="Another colour"
          placeholder="#1f77b4"
          format="hex"
          value={color.startsWith('#') ? color : ''}
          onChange={(value) => value && onChange(value)}
        />
        {onClear && color && (
          <Button variant="default" size="compact-xs" mt={10} fullWidth onClick={onClear}>
            No colour of its own
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
