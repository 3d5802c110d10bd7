import { useEffect, useRef, useState } from 'react'

const REST_MS = 500

/** A text as it is typed, told on once the typing rests; a change from outside takes its place. */
export function useTyped(value: string, onChange: (text: string) => void): [string, (text: string) => void] {
  const [draft, setDraft] = useState(value)
  const [shown, setShown] = useState(value)
  if (shown !== value) {
    setShown(value)
    setDraft(value)
  }
  const latest = useRef({ value, onChange })
  useEffect(() => {
    latest.current = { value, onChange }
  })
  useEffect(() => {
    if (draft === latest.current.value) return
    const timer = setTimeout(() => latest.current.onChange(draft), REST_MS)
    return () => clearTimeout(timer)
  }, [draft])
  // What was typed right before leaving counts too.
  const last = useRef(draft)
  useEffect(() => {
    last.current = draft
  })
  useEffect(
    () => () => {
      if (last.current !== latest.current.value) latest.current.onChange(last.current)
    },
    [],
  )
  return [draft, setDraft]
}
