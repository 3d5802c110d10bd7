"""The two stores and the job runner: telemetry in columns, records in relations."""
