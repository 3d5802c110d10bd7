import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowUpRight,
  IconDots,
  IconGripVertical,
  IconInfoCircle,
  IconLink,
} from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'

import type { Grips } from '@/features/dashboards/grid/Grid'
import { ownTimeWords } from '@/features/dashboards/model/ownTime'
import type { Panel, PanelData } from '@/features/dashboards/model/types'

import classes from './PanelFrame.module.css'
import { useInnerLink } from './useInnerLink'

export interface PanelAction {
  label: string
  icon: ReactNode
  onClick?: () => void
  href?: string
  isDanger?: boolean
  isDisabled?: boolean
  hasDividerAbove?: boolean
  /** Instead of one thing to do, one of a few to choose. */
  choices?: { label: string; name: string; isChosen: boolean; onClick: () => void }[]
}

interface Props {
  panel: Panel
  title: string
  description?: string
  data: PanelData | undefined
  actions: PanelAction[]
  links: { title: string; url: string }[]
  grips: Grips | null
  children: ReactNode
}

/** The surface of a panel: its title, what is to be known of it, its menu. */
export function PanelFrame({ panel, title, description, data, actions, links, grips, children }: Props) {
  const id = useId()
  const notes = [
    ...(data?.errors ?? []).map(({ query, message }) => `${query}: ${message}`),
    ...(data?.warnings ?? []),
  ]
  const follow = useInnerLink()
  const hasFrames = Boolean(data?.frames.length)
  const ownTime = ownTimeWords(panel)
  return (
    <section className={classes.panel} aria-labelledby={id} data-editing={grips ? true : undefined}>
      <header className={classes.head} {...(grips?.handle ?? {})} data-bare={(!title && !grips) || undefined}>
        {grips && (
          <button
            type="button"
            className={classes.grip}
            aria-label={`Move ${title || 'panel'}: arrow keys move it, with Shift they change its size`}
            data-no-drag
            {...grips.keys}
          >
            <IconGripVertical size={14} aria-hidden />
          </button>
        )}
        <h2 id={id} title={title}>
          {title || <span className={classes.hidden}>{panel.type} panel</span>}
        </h2>
        {ownTime && <span className={classes.time}>{ownTime}</span>}
        {description && (
          <Tooltip label={description} multiline maw={340}>
            <button type="button" className={classes.note} aria-label={`About ${title}: ${description}`}>
              <IconInfoCircle size={14} aria-hidden />
            </button>
          </Tooltip>
        )}
        {links.map((link) => (
          <Tooltip key={link.url} label={link.title || link.url}>
            <a className={classes.note} href={link.url} onClick={follow} aria-label={link.title || link.url}>
              <IconLink size={14} aria-hidden />
            </a>
          </Tooltip>
        ))}
        {notes.length > 0 && hasFrames && (
          <Tooltip label={notes.join('\n')} multiline maw={420} style={{ whiteSpace: 'pre-line' }}>
            <button
              type="button"
              className={classes.note}
              data-tone={data?.errors.length ? 'bad' : 'warn'}
              aria-label={notes.join('. ')}
            >
              <IconAlertTriangle size={14} aria-hidden />
            </button>
          </Tooltip>
        )}
        {actions.length > 0 && <PanelMenu title={title || `${panel.type} panel`} actions={actions} />}
      </header>
      {children}
    </section>
  )
}

function PanelMenu({ title, actions }: { title: string; actions: PanelAction[] }) {
  const follow = useInnerLink()
  return (
    <Menu width={226} position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon size={24} className={classes.menu} aria-label={`Menu of ${title}`} data-no-drag>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.flatMap(({ label, icon, onClick, href, isDanger, isDisabled, hasDividerAbove, choices }) => [
          hasDividerAbove ? <Menu.Divider key={`${label} above`} /> : null,
          choices ? (
            <div key={label} className={classes.choices} role="group" aria-label={label}>
              <span aria-hidden>{label}</span>
              {choices.map((choice) => (
                <Menu.Item
                  key={choice.name}
                  className={classes.choice}
                  closeMenuOnClick={false}
                  aria-label={`${label}: ${choice.name}`}
                  aria-current={choice.isChosen || undefined}
                  onClick={choice.onClick}
                >
                  {choice.label}
                </Menu.Item>
              ))}
            </div>
          ) : href ? (
            <Menu.Item
              key={label}
              component="a"
              href={href}
              onClick={follow}
              leftSection={icon}
              rightSection={<IconArrowUpRight size={13} opacity={0.6} />}
            >
              {label}
            </Menu.Item>
          ) : (
            <Menu.Item
              key={label}
              leftSection={icon}
              onClick={onClick}
              disabled={isDisabled}
              color={isDanger ? 'var(--v-bad)' : undefined}
            >
              {label}
            </Menu.Item>
          ),
        ])}
      </Menu.Dropdown>
    </Menu>
  )
}
