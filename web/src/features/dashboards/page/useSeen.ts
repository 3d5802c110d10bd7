import { type RefObject, useEffect, useState } from 'react'

const NEAR_PX = 400

/** Whether the element has come near the visible part of the page; once it has it stays true. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (isSeen || !element.current) return
    // What is in sight at once need not wait for the observer, which tells a frame or two later.
    const { top, bottom } = element.current.getBoundingClientRect()
    if (top < window.innerHeight + NEAR_PX && bottom > -NEAR_PX) return setSeen(true)
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: `${NEAR_PX}px` },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isSeen])
  return isSeen
}
