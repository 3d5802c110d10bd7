/** Where things are on a chart, for what is laid over it. */
export interface Place {
  /** Size of the plot in CSS pixels. */
  width: number
  height: number
  /** Pixels from the left, or null outside the plot. */
  x: (timeS: number) => number | null
  /** Pixels from the top, or null outside the plot. */
  y: (value: number) => number | null
}
