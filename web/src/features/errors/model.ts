import type { Attributes, ErrorEvent, ErrorException, Frame } from '@/shared/api/types'

/** One exception as it is read: what was raised last comes first, its innermost frame on top. */
export interface ExceptionView {
  title: string
  value: string
  mechanism: string
  frames: FrameView[]
  hasInApp: boolean
}
export interface FrameView {
  frame: Frame
  where: string
  isInApp: boolean
  isOpen: boolean
  lines: { number: number | null; text: string; isCurrent: boolean }[]
}

/** Exceptions come innermost last and frames oldest first; people read the other way round. */
export function exceptionViews({ exceptions }: Pick<ErrorEvent, 'exceptions'>): ExceptionView[] {
  return [...exceptions].reverse().map(exceptionView)
}

function exceptionView({ type, value, mechanism, frames }: ErrorException): ExceptionView {
  const hasInApp = frames.some(({ in_app }) => in_app)
  const newestFirst = [...frames].reverse()
  let opened = 0
  const views = newestFirst.map((frame, i): FrameView => {
    const isInApp = Boolean(frame.in_app)
    // Open the frames of the application itself; without any, the innermost one.
    const isOpen = hasContext(frame) && (hasInApp ? isInApp && opened < 3 : i === 0)
    if (isOpen) opened += 1
    return { frame, where: whereOf(frame), isInApp, isOpen, lines: contextLines(frame) }
  })
  return {
    title: type || 'Error',
    value,
    mechanism: typeof mechanism?.type === 'string' ? mechanism.type : '',
    frames: views,
    hasInApp,
  }
}

export const isObject = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const hasContext = ({ context_line, vars }: Frame) =>
  Boolean(context_line) || (isObject(vars) && Object.keys(vars).length > 0)

const whereOf = ({ filename, abs_path, module }: Frame) => filename || module || abs_path || '?'

/** The source around the line that ran, numbered where the number is known. */
export function contextLines({ lineno, pre_context, context_line, post_context }: Frame) {
  if (context_line == null) return []
  const before = pre_context
  const number = (offset: number) => (lineno == null ? null : lineno + offset)
  return [
    ...before.map((text, i) => ({ number: number(i - before.length), text, isCurrent: false })),
    { number: number(0), text: context_line, isCurrent: true },
    ...post_context.map((text, i) => ({ number: number(i + 1), text, isCurrent: false })),
  ]
}

/** Neighbouring frames that are not the application's own, folded into one group. */
export type FrameGroup = { isFolded: boolean; frames: FrameView[] }

export function groupFrames(frames: FrameView[], hasInApp: boolean): FrameGroup[] {
  const groups: FrameGroup[] = []
  for (const view of frames) {
    const isFolded = hasInApp && !view.isInApp
    const last = groups.at(-1)
    if (last && last.isFolded === isFolded) last.frames.push(view)
    else groups.push({ isFolded, frames: [view] })
  }
  return groups
}

/** The stack as plain text, for pasting elsewhere. */
export function stackText(views: ExceptionView[]): string {
  return views
    .map(({ title, value, frames }) =>
      [
        `${title}: ${value}`,
        ...frames.map(({ frame, where }) => `  at ${frame.function || '?'} (${where}:${frame.lineno ?? '?'})`),
      ].join('\n'),
    )
    .join('\n\n')
}
