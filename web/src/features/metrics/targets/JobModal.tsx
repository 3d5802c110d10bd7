import { Button, Group, Modal, SegmentedControl, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { ApiError } from '@/shared/api/client'
import { Notice } from '@/shared/ui/Notice'

import { checkJob, type JobBody, type KeptJob, type ScrapeCheck, useKeepJob } from './api'
import { documentOf, EMPTY, formOf, type JobForm, YAML_TEMPLATE } from './jobForm'
import { JobFields } from './JobFields'
import classes from './Targets.module.css'

interface Props {
  project: string
  kept: KeptJob | null
  onClose: () => void
}

/** A scrape job as a form, or as the text Prometheus has for it. */
export function JobModal({ project, kept, onClose }: Props) {
  const first = kept ? formOf(kept.job) : EMPTY
  const [mode, setMode] = useState<'form' | 'yaml'>(first ? 'form' : 'yaml')
  const [form, setForm] = useState<JobForm>(first ?? EMPTY)
  const [yaml, setYaml] = useState(kept?.yaml ?? YAML_TEMPLATE)
  const id = kept?.id ?? null
  const body: JobBody = mode === 'form' ? documentOf(form) : { yaml }
  const keep = useKeepJob(project, id)
  const check = useMutation({ mutationFn: (asked: JobBody) => checkJob(project, id, asked) })
  const change = <T,>(set: (value: T) => void) => (value: T) => {
    set(value)
    check.reset()
    keep.reset()
  }
  const turn = async (next: 'form' | 'yaml') => {
    if (next === 'yaml' && !form.name.trim() && !form.targets.trim()) return setMode('yaml')
    const checked = await check.mutateAsync(body).catch(() => null)
    if (!checked) return
    if (next === 'yaml') setYaml(checked.yaml)
    else {
      const read = formOf(checked.job)
      if (!read) return setTold('This job says more than the form has fields for.')
      setForm(read)
    }
    setTold('')
    setMode(next)
  }
  const [told, setTold] = useState('')
  const error = keep.error ?? check.error
  return (
    <Modal opened onClose={onClose} size="lg" title={kept ? `Edit ${kept.name}` : 'Add a scrape job'} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          keep.mutate(body, { onSuccess: onClose })
        }}
      >
        <SegmentedControl size="xs" aria-label="Write as" data={[{ value: 'form', label: 'Form' }, { value: 'yaml', label: 'YAML' }]} value={mode} onChange={(value) => void turn(value as 'form' | 'yaml')} />
        {mode === 'form' ? (
          <JobFields form={form} isKept={kept !== null} onChange={change(setForm)} />
        ) : (
          <Textarea
            label="An entry of scrape_configs"
            description="All that Prometheus has: discovery by DNS and HTTP, relabelling, limits, TLS. Secrets are shown as <secret> and stay when left so."
            autosize
            minRows={10}
            maxRows={22}
            spellCheck={false}
            classNames={{ input: classes.yaml }}
            value={yaml}
            onChange={(event) => change(setYaml)(event.currentTarget.value)}
          />
        )}
        {told && <Notice tone="warn">{told}</Notice>}
        {error && <Faults error={error} />}
        {check.data && !error && <Checked check={check.data} />}
        <Group justify="flex-end">
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate(body)}>
            Check
          </Button>
          <Button type="submit" loading={keep.isPending}>
            {kept ? 'Save' : 'Begin to scrape'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function Faults({ error }: { error: Error }) {
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : []
  return (
    <Notice tone="bad" title={error.message}>
      {faults.map(({ where, what }) => (
        <div key={where + what}>
          <code>{where}</code>: {what}
        </div>
      ))}
    </Notice>
  )
}

function Checked({ check }: { check: ScrapeCheck }) {
  return (
    <div className={classes.checked} role="status">
      <b>
        {check.targets.length} {check.targets.length === 1 ? 'target' : 'targets'} every {check.interval_s} s, at most {check.timeout_s} s each
      </b>
      {check.dropped > 0 && <span>{check.dropped} dropped by relabelling</span>}
      <ul>
        {check.targets.slice(0, 8).map(({ url, labels }) => (
          <li key={url + JSON.stringify(labels)}>
            <code>{url}</code>
            <small>{Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join('  ')}</small>
          </li>
        ))}
      </ul>
      {check.faults.map((fault) => (
        <Notice key={fault} tone="warn">
          {fault}
        </Notice>
      ))}
    </div>
  )
}
