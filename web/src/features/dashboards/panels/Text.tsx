import Markdown from 'markdown-to-jsx/react'
import type { ComponentProps } from 'react'

import type { BodyProps } from './body'
import classes from './Text.module.css'

/** Words between the figures, in Markdown; HTML in it is shown as the text it is. */
export function Text({ panel, fill }: BodyProps) {
  const text = fill(panel.options.markdown ?? '')
  return (
    <div className={classes.text}>
      <Markdown options={OPTIONS}>{text}</Markdown>
    </div>
  )
}

/** Pictures would fetch from elsewhere what a reader did not ask for. */
const Picture = ({ alt, src }: { alt?: string; src?: string }) => (
  <a href={src} rel="noreferrer noopener" target="_blank">
    {alt || src}
  </a>
)
const Outward = ({ href = '', children, title }: ComponentProps<'a'>) => {
  const isOutside = /^[a-z]+:/i.test(href)
  return (
    <a href={href} title={title} {...(isOutside ? { target: '_blank', rel: 'noreferrer noopener' } : {})}>
      {children}
    </a>
  )
}

const OPTIONS = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: { img: Picture, a: Outward },
}
