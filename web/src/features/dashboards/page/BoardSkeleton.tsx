import { Skeleton } from '@mantine/core'

import classes from './Page.module.css'

/** The outline of a dashboard while it is fetched. */
export function BoardSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label="Loading">
      <Skeleton height={30} width={260} />
      <div className={classes.skeletons}>
        {Array.from({ length: 4 }, (_, i) => (
          <Skeleton key={i} height={144} />
        ))}
        {Array.from({ length: 4 }, (_, i) => (
          <Skeleton key={`wide ${i}`} height={296} data-wide />
        ))}
      </div>
    </div>
  )
}
