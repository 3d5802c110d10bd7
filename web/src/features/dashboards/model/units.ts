/** The units people choose from, in the groups they look in. Other ids of Grafana's work too. */

export const UNITS = [
  {
    group: 'Numbers',
    items: [
      { value: 'none', label: 'As it is' },
      { value: 'short', label: 'Short (1.2k, 3.4M)' },
      { value: 'count', label: 'Count (whole numbers)' },
      { value: 'percentunit', label: 'Percent of 1 (0.5 = 50%)' },
      { value: 'percent', label: 'Percent (50 = 50%)' },
    ],
  },
  {
    group: 'Time',
    items: [
      { value: 'ns', label: 'Nanoseconds' },
      { value: 'µs', label: 'Microseconds' },
      { value: 'ms', label: 'Milliseconds' },
      { value: 's', label: 'Seconds' },
      { value: 'm', label: 'Minutes' },
      { value: 'h', label: 'Hours' },
      { value: 'd', label: 'Days' },
      { value: 'dateTimeAsIso', label: 'Moment' },
    ],
  },
  {
    group: 'Data',
    items: [
      { value: 'bytes', label: 'Bytes (1024)' },
      { value: 'decbytes', label: 'Bytes (1000)' },
      { value: 'bits', label: 'Bits' },
      { value: 'Bps', label: 'Bytes per second' },
      { value: 'bps', label: 'Bits per second' },
    ],
  },
  {
    group: 'Rates',
    items: [
      { value: 'reqps', label: 'Requests per second' },
      { value: 'ops', label: 'Operations per second' },
      { value: 'cps', label: 'Counts per second' },
      { value: 'rps', label: 'Reads per second' },
      { value: 'wps', label: 'Writes per second' },
      { value: 'cpm', label: 'Counts per minute' },
    ],
  },
  {
    group: 'Other',
    items: [
      { value: 'celsius', label: 'Degrees Celsius' },
      { value: 'watt', label: 'Watts' },
      { value: 'volt', label: 'Volts' },
      { value: 'hertz', label: 'Hertz' },
      { value: 'currencyUSD', label: 'US dollars' },
      { value: 'currencyEUR', label: 'Euros' },
    ],
  },
]
