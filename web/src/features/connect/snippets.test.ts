import { expect, it } from 'vitest'

import { dsn, WAYS, wayOf } from './snippets'

const TARGET = { address: 'http://localhost:8080', key: 'vdk_abc', projectId: 1, project: 'shop' }

it('writes the DSN that Sentry SDKs expect', () => {
  expect(dsn(TARGET)).toBe('http://vdk_abc@localhost:8080/1')
  expect(dsn({ ...TARGET, address: 'https://vedette.example.com/', projectId: 7 })).toBe(
    'https://vdk_abc@vedette.example.com/7',
  )
})

const READS = ['scrape', 'flask-fastapi', 'grafana']

it('puts the address and what signs in into every way to connect', () => {
  for (const way of WAYS) {
    const text = way
      .steps(TARGET)
      .map(({ code }) => code)
      .join('\n')
    expect(text).toContain('localhost:8080')
    expect(text).toContain(READS.includes(way.id) ? 'YOUR_TOKEN' : 'vdk_abc')
  }
})

it('encodes the space of the bearer header for OpenTelemetry', () => {
  const text = wayOf('python').steps(TARGET)[1]?.code
  expect(text).toContain('OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20vdk_abc"')
})

it('starts with the first way when the wanted one is unknown', () => {
  expect(wayOf('cobol').id).toBe('python')
})

it('writes the address of remote write, and the message of its second version', () => {
  const [first, second] = wayOf('remote-write').steps(TARGET)
  expect(first?.code).toBe(
    'remote_write:\n  - url: http://localhost:8080/api/v1/write\n    authorization:\n      credentials: vdk_abc',
  )
  expect(second?.code).toContain('io.prometheus.write.v2.Request')
})

it('names the project where a token may read several', () => {
  expect(wayOf('grafana').steps(TARGET)[1]?.code).toContain('httpHeaderValue2: shop')
  expect(wayOf('grafana').steps(TARGET)[2]?.code).toContain('http://any:YOUR_TOKEN@localhost:8080')
})
