"""Dashboards in other forms: Grafana's JSON in and out, Vedette's own as a file."""

from vedette.watch.dashboards.grafana.documents import Format, export, read_any

__all__ = ["Format", "export", "read_any"]
