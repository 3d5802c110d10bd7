"""The HTTP API of Prometheus, as far as it reads. Source: https://prometheus.io/docs/prometheus/latest/querying/api/."""
