/** What to paste so that metrics come by the ways of Prometheus, or are read by its tools. */

import type { Target, Way } from './snippets'

const TOKEN_STEP = {
  label: 'a token to read with, on the server',
  code: 'vedette token create grafana --role viewer',
}

const remoteWrite = ({ address, key }: Target, extra: string[] = []) =>
  ['remote_write:', `  - url: ${address}/api/v1/write`, '    authorization:', `      credentials: ${key}`, ...extra].join('\n')

const scrapeJob = (address: string, project: string, job: string, target: string) =>
  [
    `curl ${address}/api/scrapes \\`,
    "  -H 'Authorization: Bearer YOUR_TOKEN' -H 'Content-Type: application/json' \\",
    `  -H 'X-Vedette-Project: ${project}' \\`,
    `  -d '{"job_name": "${job}", "static_configs": [{"targets": ["${target}"]}]}'`,
  ].join('\n')

/** The address with what signs in, for clients that take both in one. */
const withPassword = (address: string, password: string) => address.replace('://', `://any:${password}@`)

export const PROMETHEUS_WAYS: Way[] = [
  {
    id: 'remote-write',
    name: 'Remote write',
    group: 'Prometheus',
    steps: (target) => [
      { label: 'prometheus.yml', code: remoteWrite(target) },
      {
        label: 'prometheus.yml, Prometheus 3 (protobuf 2.0: types, help and native histograms in one)',
        code: remoteWrite(target, ['    protobuf_message: io.prometheus.write.v2.Request', '    send_native_histograms: true']),
      },
    ],
  },
  {
    id: 'scrape',
    name: 'Scraping',
    group: 'Prometheus',
    steps: ({ address, project }) => [
      {
        label: 'a job through the API; Metrics › Targets has a form for it',
        code: scrapeJob(address, project, 'node', '10.0.0.5:9100'),
      },
      {
        label: 'or vedette.toml: the scrape_configs of a Prometheus as they are',
        code: ['scrape_config_file = "prometheus.yml"', `scrape_project = "${project}"`].join('\n'),
      },
      {
        label: 'prometheus.yml',
        code: [
          'global: {scrape_interval: 15s}',
          'scrape_configs:',
          '  - job_name: node',
          '    static_configs:',
          '      - targets: ["10.0.0.5:9100", "10.0.0.6:9100"]',
          '        labels: {env: production}',
        ].join('\n'),
      },
      { label: 'a token of an admin, on the server', code: 'vedette token create scraping --role admin' },
    ],
  },
  {
    id: 'flask-fastapi',
    name: 'Flask, FastAPI',
    group: 'Prometheus',
    steps: ({ address, project }) => [
      { label: "install Vedette's SDK, from a checkout of Vedette", code: 'pip install ./sdk/python' },
      {
        label: 'app.py: FastAPI, Starlette or Flask, anywhere before it serves',
        code: [
          'from vedette_sdk import Metrics',
          '',
          'Metrics().instrument(app)  # requests, errors and durations by route, on /metrics',
        ].join('\n'),
      },
      {
        label: 'quotas and caches, where there are any',
        code: [
          'Metrics().watch_quota(lambda: {"requests_current_minute": 12, "rpm_limit": 60}, "gemini")',
          'Metrics().watch_cache(find_answer.cache_info, "answers")  # of functools.lru_cache, or hits and misses',
        ].join('\n'),
      },
      { label: 'let it be scraped', code: scrapeJob(address, project, 'my-service', 'localhost:8000') },
    ],
  },
  {
    id: 'pushgateway',
    name: 'Pushgateway',
    group: 'Prometheus',
    steps: ({ address, key }) => [
      {
        label: 'shell',
        code: [
          "echo 'backup_bytes 3.14e9' | curl --data-binary @- \\",
          `  -H 'Authorization: Bearer ${key}' \\`,
          `  ${address}/metrics/job/backup/instance/db1`,
        ].join('\n'),
      },
      {
        label: 'Python',
        code: [
          'from prometheus_client import CollectorRegistry, Gauge, push_to_gateway',
          'from prometheus_client.exposition import basic_auth_handler',
          '',
          'registry = CollectorRegistry()',
          'Gauge("backup_finished_seconds", "When the backup ended.", registry=registry).set_to_current_time()',
          '',
          '',
          'def with_key(url, method, timeout, headers, data):',
          `    return basic_auth_handler(url, method, timeout, headers, data, "any", "${key}")`,
          '',
          '',
          `push_to_gateway("${address}", job="backup", registry=registry, handler=with_key)`,
        ].join('\n'),
      },
    ],
  },
  {
    id: 'grafana',
    name: 'Grafana',
    group: 'Prometheus',
    steps: ({ address, project }) => [
      TOKEN_STEP,
      {
        label: 'provisioning/datasources/vedette.yaml',
        code: [
          'apiVersion: 1',
          'datasources:',
          '  - name: Vedette',
          '    type: prometheus',
          '    access: proxy',
          `    url: ${address}`,
          '    jsonData:',
          '      httpMethod: POST',
          '      prometheusType: Prometheus',
          '      httpHeaderName1: Authorization',
          '      httpHeaderName2: X-Vedette-Project',
          '    secureJsonData:',
          '      httpHeaderValue1: Bearer YOUR_TOKEN',
          `      httpHeaderValue2: ${project}`,
        ].join('\n'),
      },
      {
        label: 'promtool, of the project default',
        code: `promtool query instant ${withPassword(address, 'YOUR_TOKEN')} 'sum by (job) (up)'`,
      },
      {
        label: 'curl',
        code: [
          `curl ${address}/api/v1/query -H 'Authorization: Bearer YOUR_TOKEN' \\`,
          `  -H 'X-Vedette-Project: ${project}' --data-urlencode 'query=up'`,
        ].join('\n'),
      },
    ],
  },
]

/** Metrics by OpenTelemetry alone: an SDK's own, and all that a Collector gathers. */
export const METRICS_WAYS: Way[] = [
  {
    id: 'otlp-metrics',
    name: 'Metrics',
    group: 'OpenTelemetry',
    steps: ({ address, key }) => [
      { label: 'install', code: 'pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http' },
      {
        label: 'environment',
        code: [
          'export OTEL_SERVICE_NAME=my-service',
          `export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${address}/v1/metrics`,
          `export OTEL_EXPORTER_OTLP_METRICS_HEADERS="authorization=Bearer%20${key}"`,
          '# Native histograms: finer than buckets, and no bounds to choose.',
          'export OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram',
        ].join('\n'),
      },
      {
        label: 'app.py',
        code: [
          'from opentelemetry import metrics',
          'from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter',
          'from opentelemetry.sdk.metrics import MeterProvider',
          'from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader',
          '',
          'reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=15_000)',
          'metrics.set_meter_provider(MeterProvider([reader]))',
          'meter = metrics.get_meter("my-service")',
          '',
          'meter.create_counter("orders", description="Orders that were paid.").add(1, {"plan": "free"})',
          'meter.create_histogram("checkout.duration", "s", "How long a checkout took.").record(0.2)',
        ].join('\n'),
      },
    ],
  },
  {
    id: 'collector',
    name: 'Collector',
    group: 'OpenTelemetry',
    steps: ({ address, key }) => [
      {
        label: 'config.yaml',
        code: [
          'receivers:',
          '  otlp: {protocols: {grpc: {}, http: {}}}',
          '  hostmetrics: {scrapers: {cpu: {}, memory: {}, filesystem: {}}}',
          'exporters:',
          '  otlphttp:',
          `    endpoint: ${address}`,
          '    headers:',
          `      authorization: Bearer ${key}`,
          'service:',
          '  pipelines:',
          '    metrics: {receivers: [otlp, hostmetrics], exporters: [otlphttp]}',
          '    traces: {receivers: [otlp], exporters: [otlphttp]}',
          '    logs: {receivers: [otlp], exporters: [otlphttp]}',
        ].join('\n'),
      },
    ],
  },
]
