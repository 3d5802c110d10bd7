import { expect, it } from 'vitest'

import { dsn, WAYS, wayOf } from './snippets'

const TARGET = { address: 'http://localhost:8080', key: 'vdk_abc', projectId: 1 }

it('writes the DSN that Sentry SDKs expect', () => {
  expect(dsn(TARGET)).toBe('http://vdk_abc@localhost:8080/1')
  expect(dsn({ ...TARGET, address: 'https://vedette.example.com/', projectId: 7 })).toBe(
    'https://vdk_abc@vedette.example.com/7',
  )
})

it('puts the address and the key into every way to connect', () => {
  for (const way of WAYS) {
    const text = way
      .steps(TARGET)
      .map(({ code }) => code)
      .join('\n')
    expect(text).toContain('localhost:8080')
    expect(text).toContain('vdk_abc')
  }
})

it('encodes the space of the bearer header for OpenTelemetry', () => {
  const text = wayOf('python').steps(TARGET)[1]?.code
  expect(text).toContain('OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20vdk_abc"')
})

it('starts with the first way when the wanted one is unknown', () => {
  expect(wayOf('cobol').id).toBe('python')
})
