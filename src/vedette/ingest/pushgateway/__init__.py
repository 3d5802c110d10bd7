"""Pushes of batch jobs, taken and kept as a Prometheus Pushgateway does."""
