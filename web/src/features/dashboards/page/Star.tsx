import { ActionIcon, Tooltip } from '@mantine/core'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { useState } from 'react'

import { starred, toggleStar } from '@/features/dashboards/model/shelf'

export function Star({ uid, title, onChange }: { uid: string; title: string; onChange?: (uids: string[]) => void }) {
  const [isStarred, setStarred] = useState(() => starred().includes(uid))
  const label = isStarred ? `Take the star from ${title}` : `Star ${title}`
  return (
    <Tooltip label={isStarred ? 'Starred' : 'Star'}>
      <ActionIcon
        size={26}
        aria-label={label}
        aria-pressed={isStarred}
        onClick={(event) => {
          event.preventDefault()
          event.stopPropagation()
          const uids = toggleStar(uid)
          setStarred(uids.includes(uid))
          onChange?.(uids)
        }}
      >
        {isStarred ? <IconStarFilled size={15} color="var(--v-cat-9)" /> : <IconStar size={15} />}
      </ActionIcon>
    </Tooltip>
  )
}
