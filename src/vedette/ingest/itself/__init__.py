"""Vedette's own requests, jobs and logs as telemetry."""
