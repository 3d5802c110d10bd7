/** Values in the units that dashboards name, by Grafana's ids (packages/grafana-data, valueFormats/categories). */

const NONE = '–'

interface Shown {
  number: string
  unit: string
}
type Format = (value: number, decimals: number | undefined) => Shown

/** As many digits as say something, or as many as asked for. */
function digits(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(decimals)
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1) return String(Number(value.toPrecision(3)))
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)))
}

const grouped = (value: number, decimals: number | undefined) =>
  Math.abs(value) >= 1000 && Number.isInteger(value) && decimals === undefined
    ? value.toLocaleString('en-US')
    : digits(value, decimals)

const plain =
  (unit: string): Format =>
  (value, decimals) => ({ number: grouped(value, decimals), unit })

/** Steps of `base` from `from` up or down, until the number is handy. */
const scaled =
  (names: string[], base: number, from = 0, suffix = ''): Format =>
  (value, decimals) => {
    let at = from
    let size = value
    while (Math.abs(size) >= base && at < names.length - 1) [size, at] = [size / base, at + 1]
    while (Math.abs(size) < 1 && size !== 0 && at > 0) [size, at] = [size * base, at - 1]
    return { number: digits(size, decimals), unit: `${names[at] as string}${suffix}` }
  }

const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
const SI = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
const BITS = ['bit', 'kbit', 'Mbit', 'Gbit', 'Tbit', 'Pbit']
const SHORT = ['', 'k', 'M', 'B', 'T']
const TIMES: [unit: string, seconds: number][] = [
  ['ns', 1e-9],
  ['µs', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86_400],
  ['wk', 604_800],
  ['y', 31_536_000],
]

/** A length of time, given in units of `seconds`, in the unit that suits it. */
const time =
  (seconds: number): Format =>
  (value, decimals) => {
    const length = value * seconds
    if (length === 0) return { number: '0', unit: TIMES.find(([, one]) => one === seconds)?.[0] ?? 's' }
    const [unit, one] = TIMES.findLast(([, least]) => Math.abs(length) >= least * 0.9995) ?? (TIMES[0] as [string, number])
    return { number: digits(length / one, decimals), unit }
  }

const short: Format = (value, decimals) => {
  if (Math.abs(value) < 10_000) return plain('')(value, decimals)
  const { number, unit } = scaled(SHORT, 1000)(value, decimals)
  return { number: number + unit, unit: '' }
}
/** Things that are counted are whole, also where a count is worked out and falls between two numbers. */
const whole: Format = (value, decimals) =>
  Math.abs(value) < 100_000
    ? { number: decimals === undefined ? Math.round(value).toLocaleString('en-US') : value.toFixed(decimals), unit: '' }
    : short(value, decimals)
/** So much per time: large figures are shortened. */
const rate =
  (unit: string): Format =>
  (value, decimals) => ({ number: short(value, decimals).number, unit })

const moment =
  (options: Intl.DateTimeFormatOptions): Format =>
  (ms) => ({ number: new Date(ms).toLocaleString('en-GB', options), unit: '' })
const words =
  (yes: string, no: string): Format =>
  (value) => ({ number: value === 0 ? no : yes, unit: '' })

const FORMATS: Record<string, Format> = {
  none: plain(''),
  string: plain(''),
  short,
  sishort: short,
  count: whole,
  locale: (value) => ({ number: value.toLocaleString('en-US'), unit: '' }),
  percent: (value, decimals) => ({ number: `${digits(value, decimals)}%`, unit: '' }),
  percentunit: (value, decimals) => ({ number: `${digits(value * 100, decimals)}%`, unit: '' }),
  bool: words('True', 'False'),
  bool_yes_no: words('Yes', 'No'),
  bool_on_off: words('On', 'Off'),
  hex: (value) => ({ number: Math.round(value).toString(16).toUpperCase(), unit: '' }),
  sci: (value) => ({ number: value.toExponential(2), unit: '' }),
  ns: time(1e-9),
  'µs': time(1e-6),
  us: time(1e-6),
  ms: time(1e-3),
  s: time(1),
  m: time(60),
  h: time(3600),
  d: time(86_400),
  dtdurations: time(1),
  dtdurationms: time(1e-3),
  clocks: time(1),
  clockms: time(1e-3),
  timeticks: time(0.01),
  bytes: scaled(IEC, 1024),
  kbytes: scaled(IEC, 1024, 1),
  mbytes: scaled(IEC, 1024, 2),
  gbytes: scaled(IEC, 1024, 3),
  decbytes: scaled(SI, 1000),
  deckbytes: scaled(SI, 1000, 1),
  decmbytes: scaled(SI, 1000, 2),
  decgbytes: scaled(SI, 1000, 3),
  bits: scaled(BITS, 1000),
  decbits: scaled(BITS, 1000),
  Bps: scaled(SI, 1000, 0, '/s'),
  binBps: scaled(IEC, 1024, 0, '/s'),
  KBs: scaled(SI, 1000, 1, '/s'),
  MBs: scaled(SI, 1000, 2, '/s'),
  GBs: scaled(SI, 1000, 3, '/s'),
  bps: scaled(BITS, 1000, 0, '/s'),
  binbps: scaled(BITS, 1000, 0, '/s'),
  Kbits: scaled(BITS, 1000, 1, '/s'),
  Mbits: scaled(BITS, 1000, 2, '/s'),
  reqps: rate('req/s'),
  ops: rate('ops/s'),
  cps: rate('/s'),
  eps: rate('events/s'),
  rps: rate('reads/s'),
  wps: rate('writes/s'),
  iops: rate('io/s'),
  pps: rate('packets/s'),
  mps: rate('msg/s'),
  cpm: rate('/min'),
  opm: rate('ops/min'),
  reqpm: rate('req/min'),
  hertz: scaled(['Hz', 'kHz', 'MHz', 'GHz', 'THz'], 1000),
  watt: scaled(['W', 'kW', 'MW', 'GW'], 1000),
  watth: scaled(['Wh', 'kWh', 'MWh', 'GWh'], 1000),
  volt: plain('V'),
  amp: plain('A'),
  celsius: plain('°C'),
  fahrenheit: plain('°F'),
  kelvin: plain('K'),
  humidity: plain('%H'),
  dB: plain('dB'),
  dateTimeAsIso: moment({ dateStyle: 'short', timeStyle: 'medium' }),
  dateTimeAsLocal: moment({ dateStyle: 'short', timeStyle: 'medium' }),
  dateTimeAsSystem: moment({ dateStyle: 'short', timeStyle: 'medium' }),
}
const CURRENCIES: Record<string, string> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', CHF: 'CHF ' }

function formatOf(unit: string): Format {
  const known = FORMATS[unit]
  if (known) return known
  if (unit.startsWith('currency')) {
    const code = unit.slice(8)
    const sign = CURRENCIES[code] ?? `${code} `
    return (value, decimals) => ({ number: `${sign}${short(value, decimals ?? (Math.abs(value) < 1000 ? 2 : undefined)).number}`, unit: '' })
  }
  if (unit.startsWith('prefix:')) return (value, decimals) => ({ number: unit.slice(7) + digits(value, decimals), unit: '' })
  return plain(unit.replace(/^suffix:/, ''))
}

/** The value as people read it; a missing one is an en dash. */
export function formatValue(value: number | null | undefined, unit: string | undefined, decimals?: number): string {
  if (value == null || Number.isNaN(value)) return NONE
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const shown = formatOf(unit || 'none')(value, decimals)
  return shown.unit ? `${shown.number} ${shown.unit}` : shown.number
}
