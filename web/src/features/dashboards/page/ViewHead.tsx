import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconCopy,
  IconDeviceTv,
  IconDots,
  IconDownload,
  IconHistory,
  IconPencil,
  IconShare2,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import type { ExportFormat } from '@/features/dashboards/api/exporting'
import type { Dashboard } from '@/features/dashboards/model/types'

import classes from './Head.module.css'
import { Star } from './Star'

interface Props {
  dashboard: Dashboard
  refresh: ReactNode
  canEdit: boolean
  isCopying: boolean
  on: {
    edit: () => void
    copy: () => void
    share: () => void
    versions: () => void
    export: (format: ExportFormat) => void
    wall: () => void
    remove: () => void
  }
}

const ICON = { size: 15, stroke: 1.7 }

/** The head of a dashboard that is looked at. */
export function ViewHead({ dashboard, refresh, canEdit, isCopying, on }: Props) {
  const { uid, title, shipped } = dashboard
  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <Link to="/dashboards" className={classes.crumb}>
          Dashboards
        </Link>
        <span className={classes.slash} aria-hidden>
          /
        </span>
        <h1 title={title}>{title}</h1>
        <Star uid={uid} title={title} key={uid} />
        {shipped && <span className={classes.state}>part of Vedette</span>}
      </div>
      <div className={classes.tools}>
        {refresh}
        {!shipped && canEdit && (
          <Button variant="default" leftSection={<IconShare2 {...ICON} />} onClick={on.share}>
            Share
          </Button>
        )}
        {canEdit &&
          (shipped ? (
            <Button variant="default" leftSection={<IconCopy {...ICON} />} onClick={on.copy} loading={isCopying}>
              Copy to edit
            </Button>
          ) : (
            <Button variant="default" leftSection={<IconPencil {...ICON} />} onClick={on.edit}>
              Edit
            </Button>
          ))}
        <Menu width={210} position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon size={30} variant="default" aria-label="More">
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconDeviceTv {...ICON} />} onClick={on.wall}>
              Wall mode
            </Menu.Item>
            {!shipped && (
              <Menu.Item leftSection={<IconHistory {...ICON} />} onClick={on.versions}>
                Versions
              </Menu.Item>
            )}
            {canEdit && !shipped && (
              <Menu.Item leftSection={<IconCopy {...ICON} />} onClick={on.copy}>
                Make a copy
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item leftSection={<IconDownload {...ICON} />} onClick={() => on.export('vedette')}>
              Export as JSON
            </Menu.Item>
            <Menu.Item leftSection={<IconDownload {...ICON} />} onClick={() => on.export('grafana')}>
              Export for Grafana
            </Menu.Item>
            {canEdit && !shipped && (
              <>
                <Menu.Divider />
                <Menu.Item leftSection={<IconTrash {...ICON} />} color="var(--v-bad)" onClick={on.remove}>
                  Delete
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  )
}
