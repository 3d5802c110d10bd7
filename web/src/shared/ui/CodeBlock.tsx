import classes from './CodeBlock.module.css'
import { CopyButton } from './CopyButton'

export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <figure className={classes.block} aria-label={label}>
      <figcaption>
        <span>{label}</span>
        <CopyButton value={code} label={`Copy ${label}`} />
      </figcaption>
      <pre tabIndex={0}>{code}</pre>
    </figure>
  )
}
