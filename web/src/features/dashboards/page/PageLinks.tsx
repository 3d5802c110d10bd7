import { IconLink } from '@tabler/icons-react'

import { linkUrl } from '@/features/dashboards/model/links'
import type { PageLink } from '@/features/dashboards/model/types'
import { type Chosen, filled } from '@/features/dashboards/model/variables'
import { useInnerLink } from '@/features/dashboards/panels/useInnerLink'
import type { TimeRange } from '@/shared/time/range'

import classes from './Head.module.css'

interface Props {
  links: PageLink[]
  chosen: Chosen
  range: TimeRange
}

/** Where else to look. */
export function PageLinks({ links, chosen, range }: Props) {
  const follow = useInnerLink()
  const safe = links.flatMap(({ title, url }) => {
    const address = linkUrl(url, chosen, range)
    return address ? [{ title: filled(title, chosen) || address, address }] : []
  })
  if (safe.length === 0) return null
  return (
    <nav className={classes.links} aria-label="Links of this dashboard">
      {safe.map(({ title, address }) => (
        <a key={address + title} href={address} onClick={follow}>
          <IconLink size={13} aria-hidden />
          {title}
        </a>
      ))}
    </nav>
  )
}
