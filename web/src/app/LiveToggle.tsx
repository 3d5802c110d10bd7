import { Button, Tooltip } from '@mantine/core'

import { useLiveMissing } from '@/shared/live/useLive'
import { isRelative } from '@/shared/time/range'
import { useScope, useSetScope } from '@/shared/time/useScope'

import classes from './TopBar.module.css'

/** Follow new data or hold still; only a range that ends now can be followed. */
export function LiveToggle() {
  const scope = useScope()
  const setScope = useSetScope()
  const isMissing = useLiveMissing()
  const state = !scope.live ? 'off' : isMissing ? 'trying' : 'on'
  const meaning = {
    off: isRelative(scope) ? 'Paused. Follow new data' : 'Only a range that ends now can be followed',
    on: 'New data appears by itself',
    trying: 'No live connection; asking every ten seconds',
  }[state]
  const toggle = () =>
    setScope(
      scope.live
        ? { live: '0' }
        : isRelative(scope)
          ? { live: '1' }
          : { live: '1', from: undefined, to: undefined },
    )
  return (
    <Tooltip label={meaning}>
      <Button
        variant="default"
        px={10}
        aria-pressed={scope.live}
        aria-label="Live"
        onClick={toggle}
        leftSection={<span className={classes.dot} data-state={state} />}
        styles={{ section: { marginInlineEnd: 6 } }}
      >
        {scope.live ? 'Live' : 'Paused'}
      </Button>
    </Tooltip>
  )
}
