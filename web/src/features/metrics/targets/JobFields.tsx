import { PasswordInput, Select, Textarea, TextInput } from '@mantine/core'

import type { JobForm } from './jobForm'
import classes from './Targets.module.css'

interface Props {
  form: JobForm
  isKept: boolean
  onChange: (form: JobForm) => void
}

/** The fields that most jobs need. */
export function JobFields({ form, isKept, onChange }: Props) {
  const set = (change: Partial<JobForm>) => onChange({ ...form, ...change })
  const secretHint = isKept && form.secret === '<secret>' ? 'Kept as it is; write another to change it.' : undefined
  return (
    <>
      <div className={classes.pair}>
        <TextInput label="Name of the job" description="The label job" required value={form.name} onChange={(event) => set({ name: event.currentTarget.value })} placeholder="node" />
        <TextInput label="Every" description="1m unless said otherwise" value={form.interval} onChange={(event) => set({ interval: event.currentTarget.value })} placeholder="15s" />
      </div>
      <Textarea label="Targets" description="host:port, one per line" required autosize minRows={2} maxRows={8} spellCheck={false} classNames={{ input: classes.yaml }} value={form.targets} onChange={(event) => set({ targets: event.currentTarget.value })} placeholder={'10.0.0.5:9100\n10.0.0.6:9100'} />
      <div className={classes.pair}>
        <Select label="Scheme" data={['http', 'https']} allowDeselect={false} value={form.scheme} onChange={(value) => set({ scheme: value === 'https' ? 'https' : 'http' })} />
        <TextInput label="Path" value={form.path} onChange={(event) => set({ path: event.currentTarget.value })} />
      </div>
      <div className={classes.pair}>
        <Select
          label="Sign-in"
          data={[
            { value: 'none', label: 'none' },
            { value: 'bearer', label: 'Bearer token' },
            { value: 'basic', label: 'User and password' },
          ]}
          allowDeselect={false}
          value={form.auth}
          onChange={(value) => set({ auth: value as JobForm['auth'] })}
        />
        {form.auth === 'bearer' && <PasswordInput label="Token" description={secretHint} autoComplete="off" value={form.secret} onChange={(event) => set({ secret: event.currentTarget.value })} />}
        {form.auth === 'basic' && <TextInput label="User" autoComplete="off" value={form.username} onChange={(event) => set({ username: event.currentTarget.value })} />}
      </div>
      {form.auth === 'basic' && <PasswordInput label="Password" description={secretHint} autoComplete="off" value={form.secret} onChange={(event) => set({ secret: event.currentTarget.value })} />}
      <Textarea label="Labels for all of its series" description="name=value, one per line" autosize minRows={1} maxRows={6} spellCheck={false} classNames={{ input: classes.yaml }} value={form.labels} onChange={(event) => set({ labels: event.currentTarget.value })} placeholder="env=production" />
    </>
  )
}
