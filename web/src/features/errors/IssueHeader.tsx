import { ActionIcon, Badge, Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft, IconCheck, IconEyeOff, IconRotate } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { IssueDetail, IssueStatus } from '@/shared/api/types'

import type { IssueAction } from './api'
import classes from './Issue.module.css'
import { useChangeIssue } from './useIssues'

const TONE: Record<IssueStatus, string> = { unresolved: 'red', resolved: 'green', ignored: 'gray' }
const ACTIONS: Record<IssueStatus, IssueAction[]> = {
  unresolved: ['resolve', 'ignore'],
  resolved: ['reopen'],
  ignored: ['resolve', 'reopen'],
}
const BUTTONS: Record<IssueAction, { name: string; icon: typeof IconCheck }> = {
  resolve: { name: 'Resolve', icon: IconCheck },
  ignore: { name: 'Ignore', icon: IconEyeOff },
  reopen: { name: 'Reopen', icon: IconRotate },
}

export function IssueHeader({ issue, project }: { issue: IssueDetail; project: string }) {
  const change = useChangeIssue(project, issue.id)
  const act = (action: IssueAction) =>
    change.mutate(action, {
      onError: (error) =>
        notifications.show({ color: 'red', title: 'Not changed', message: error.message }),
    })
  return (
    <header className={classes.header}>
      <ActionIcon aria-label="Back to errors" renderRoot={(props) => <Link {...props} to="/errors" />}>
        <IconArrowLeft size={16} />
      </ActionIcon>
      <div className={classes.title}>
        <h1>{issue.type || 'Error'}</h1>
        <p>{issue.value}</p>
        <small>{issue.culprit}</small>
      </div>
      <div className={classes.actions}>
        <Badge variant="light" color={TONE[issue.status]} tt="none" role="status">
          {issue.status}
        </Badge>
        {ACTIONS[issue.status].map((action, i) => {
          const { name, icon: Icon } = BUTTONS[action]
          return (
            <Button
              key={action}
              variant={i === 0 ? 'filled' : 'default'}
              leftSection={<Icon size={14} />}
              disabled={change.isPending}
              onClick={() => act(action)}
            >
              {name}
            </Button>
          )
        })}
      </div>
    </header>
  )
}
