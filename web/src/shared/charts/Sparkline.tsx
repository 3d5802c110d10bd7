import { sparkPath } from './sparkline'

interface LineProps {
  values: (number | null)[]
  label: string
  max?: number
  width?: number
  height?: number
  color?: string
}

export function Sparkline({
  values,
  label,
  max,
  width = 96,
  height = 24,
  color = 'var(--v-accent)',
}: LineProps) {
  const line = sparkPath(values, width, height, max)
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      style={{ width: '100%', maxWidth: width, height, display: 'block' }}
    >
      <path
        d={line}
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  )
}

export function SparkBars({ values, label, width = 96, height = 24, color = 'var(--v-muted)' }: LineProps) {
  const max = Math.max(1, ...values.map((value) => value ?? 0))
  const step = width / Math.max(1, values.length)
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      style={{ width, height, display: 'block' }}
    >
      {values.map((value, i) => {
        const size = value ? Math.max(1.5, (value / max) * height) : 0.75
        return (
          <rect
            key={i}
            x={i * step}
            y={height - size}
            width={Math.max(0.5, step - 1)}
            height={size}
            rx={0.5}
            fill={color}
            opacity={value ? 1 : 0.35}
          />
        )
      })}
    </svg>
  )
}
