"""Vedette's own requests, jobs, logs and counters as telemetry of project `vedette`."""
