/** What to paste into an application so that it sends here, for each kind of application. */

import { METRICS_WAYS, PROMETHEUS_WAYS } from './prometheus'

export interface Target {
  /** Where this server is reached, such as `http://localhost:8080`. */
  address: string
  key: string
  projectId: number
  project: string
}
export interface Snippet {
  label: string
  code: string
}
export interface Way {
  id: string
  name: string
  group: 'OpenTelemetry' | 'Prometheus' | 'Sentry' | 'HTTP'
  steps: (target: Target) => Snippet[]
}

const otlp = ({ address, key }: Target, service: string) =>
  [
    `export OTEL_SERVICE_NAME=${service}`,
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${address}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    // Header values are percent-encoded: a plain space is not allowed by the specification.
    `export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20${key}"`,
  ].join('\n')

export function dsn({ address, key, projectId }: Target): string {
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${key}@${host}${pathname.replace(/\/$/, '')}/${projectId}`
}

export const WAYS: Way[] = [
  {
    id: 'python',
    name: 'Python',
    group: 'OpenTelemetry',
    steps: (target) => [
      {
        label: 'install',
        code: 'pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install',
      },
      {
        label: 'environment',
        code: [
          otlp(target, 'my-service'),
          'export OTEL_LOGS_EXPORTER=otlp',
          'export OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true',
        ].join('\n'),
      },
      { label: 'run', code: 'opentelemetry-instrument python app.py' },
    ],
  },
  {
    id: 'node',
    name: 'Node.js',
    group: 'OpenTelemetry',
    steps: (target) => [
      {
        label: 'install',
        code: 'npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node',
      },
      {
        label: 'environment',
        code: [
          otlp(target, 'my-service'),
          'export OTEL_METRICS_EXPORTER=otlp',
          'export OTEL_LOGS_EXPORTER=otlp',
        ].join('\n'),
      },
      { label: 'run', code: 'node --require @opentelemetry/auto-instrumentations-node/register app.js' },
    ],
  },
  {
    id: 'php',
    name: 'PHP',
    group: 'OpenTelemetry',
    steps: (target) => [
      {
        label: 'install',
        code: [
          'pecl install opentelemetry   # then extension=opentelemetry.so in php.ini',
          'composer require open-telemetry/sdk open-telemetry/exporter-otlp \\',
          '  guzzlehttp/guzzle open-telemetry/opentelemetry-auto-psr18',
        ].join('\n'),
      },
      { label: 'environment', code: `export OTEL_PHP_AUTOLOAD_ENABLED=true\n${otlp(target, 'my-service')}` },
      { label: 'run', code: 'php -S localhost:8000' },
    ],
  },
  {
    id: 'go',
    name: 'Go',
    group: 'OpenTelemetry',
    steps: (target) => [
      {
        label: 'install',
        code: [
          'go get go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk \\',
          '  go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp',
        ].join('\n'),
      },
      { label: 'environment', code: otlp(target, 'my-service') },
      {
        label: 'main.go',
        code: [
          'exporter, err := otlptracehttp.New(ctx) // reads the environment',
          'if err != nil { log.Fatal(err) }',
          'provider := trace.NewTracerProvider(trace.WithBatcher(exporter))',
          'defer provider.Shutdown(ctx)',
          'otel.SetTracerProvider(provider)',
        ].join('\n'),
      },
    ],
  },
  ...METRICS_WAYS,
  ...PROMETHEUS_WAYS,
  {
    id: 'sentry-python',
    name: 'Python',
    group: 'Sentry',
    steps: (target) => [
      { label: 'install', code: 'pip install sentry-sdk' },
      {
        label: 'app.py',
        code: [
          'import sentry_sdk',
          '',
          'sentry_sdk.init(',
          `    dsn="${dsn(target)}",`,
          '    traces_sample_rate=1.0,',
          ')',
          'sentry_sdk.capture_message("Hello, Vedette", level="error")',
        ].join('\n'),
      },
    ],
  },
  {
    id: 'sentry-browser',
    name: 'Browser',
    group: 'Sentry',
    steps: (target) => [
      { label: 'install', code: 'npm install @sentry/browser' },
      {
        label: 'main.js',
        code: [
          "import * as Sentry from '@sentry/browser'",
          '',
          `Sentry.init({ dsn: '${dsn(target)}' })`,
          "Sentry.captureMessage('Hello, Vedette', 'error')",
        ].join('\n'),
      },
    ],
  },
  {
    id: 'curl',
    name: 'curl',
    group: 'HTTP',
    steps: ({ address, key }) => [
      {
        label: 'a log record',
        code: `curl ${address}/v1/logs \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"resourceLogs": [{
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shell"}}]},
    "scopeLogs": [{"logRecords": [{
      "timeUnixNano": "'$(date +%s)'000000000", "severityNumber": 9, "severityText": "INFO",
      "body": {"stringValue": "Hello, Vedette"}}]}]}]}'`,
      },
      {
        label: 'an event',
        code: `curl ${address}/api/events \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"name": "signup", "distinct_id": "visitor-1", "properties": {"plan": "free"}}'`,
      },
    ],
  },
]

export const wayOf = (id: string | undefined): Way =>
  WAYS.find((way) => way.id === id) ?? (WAYS[0] as Way)
