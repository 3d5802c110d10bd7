"""Collector of the machine Vedette runs on, in OpenTelemetry's semantic names."""
