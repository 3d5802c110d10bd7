import { ActionIcon, Tooltip } from '@mantine/core'
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react'

import type { Attributes as Values } from '@/shared/api/types'
import { text } from '@/shared/format/format'

import classes from './Attributes.module.css'
import { CopyButton } from './CopyButton'

interface Props {
  title: string
  values: Values | null | undefined
  /** Called with the field, its value, and whether records without it are wanted. */
  onFilter?: (field: string, value: string, isExcluded: boolean) => void
  /** What goes before a field's name in a search, such as `resource.`. */
  prefix?: string
}

/** Names and values, each of which can be copied or searched for. */
export function Attributes({ title, values, onFilter, prefix = '' }: Props) {
  const entries = Object.entries(values ?? {}).sort(([a], [b]) => a.localeCompare(b))
  if (entries.length === 0) return null
  return (
    <section className={classes.group} aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, value]) => {
          const shown = value === null ? 'null' : text(value)
          return (
            <div key={name} className={classes.row}>
              <dt title={name}>{name}</dt>
              <dd>
                <span>{shown}</span>
                <div className={classes.actions}>
                  {onFilter && (
                    <>
                      <FilterButton
                        label={`Only ${name} = ${shown}`}
                        onClick={() => onFilter(prefix + name, shown, false)}
                      />
                      <FilterButton
                        isExcluded
                        label={`Without ${name} = ${shown}`}
                        onClick={() => onFilter(prefix + name, shown, true)}
                      />
                    </>
                  )}
                  <CopyButton value={shown} label={`Copy ${name}`} />
                </div>
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

interface FilterProps {
  label: string
  onClick: () => void
  isExcluded?: boolean
}

function FilterButton({ label, onClick, isExcluded = false }: FilterProps) {
  return (
    <Tooltip label={isExcluded ? 'Leave out this value' : 'Only this value'} withArrow>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {isExcluded ? <IconZoomOut size={14} /> : <IconZoomIn size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}
