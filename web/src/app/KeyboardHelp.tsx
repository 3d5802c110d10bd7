import { Kbd, Modal } from '@mantine/core'

import classes from './KeyboardHelp.module.css'
import { PAGES } from './rooms'

const KEYS: [string[], string][] = [
  [['⌘', 'K'], 'Command palette'],
  [['/'], 'Search'],
  [['j'], 'Next row'],
  [['k'], 'Previous row'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close details'],
  [['←', '→'], 'Fold and unfold in a trace'],
  [['b'], 'Browse metrics (on Metrics)'],
  [['h'], 'Queries asked before (on Metrics)'],
  [['⌘', '\\'], 'Narrow or widen the rail'],
  [['?'], 'This help'],
]

export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const rows = [
    ...KEYS,
    ...PAGES.map(({ name, key }): [string[], string] => [['g', key], `Go to ${name}`]),
  ]
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard" size="sm">
      <dl className={classes.keys}>
        {rows.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>{meaning}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key} size="xs">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
