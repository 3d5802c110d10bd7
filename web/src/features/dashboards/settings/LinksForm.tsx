import { TextInput } from '@mantine/core'

import { safeUrl } from '@/features/dashboards/model/links'
import type { PageLink } from '@/features/dashboards/model/types'

import { Cards } from './Cards'
import classes from './Cards.module.css'

interface Props {
  links: PageLink[]
  onChange: (links: PageLink[], about?: string) => void
}

/** Where to go from here. */
export function LinksForm({ links, onChange }: Props) {
  return (
    <Cards
      items={links}
      what="link"
      nameOf={({ title, url }) => title || url || 'New link'}
      onChange={onChange}
      make={(): PageLink => ({ title: '', url: '/' })}
      none="Links lead to other pages. $name is filled in with what is chosen, ${__from} and ${__to} with the range."
    >
      {(link, change) => (
        <div className={classes.fields}>
          <TextInput
            label="Title"
            value={link.title}
            onChange={(event) => change({ title: event.currentTarget.value }, 'title')}
          />
          <TextInput
            label="Address"
            className={classes.mono}
            value={link.url}
            error={!link.url || link.url.includes('$') || safeUrl(link.url) ? undefined : 'https://… or /…'}
            onChange={(event) => change({ url: event.currentTarget.value }, 'url')}
          />
        </div>
      )}
    </Cards>
  )
}
