"""OpenTelemetry protocol over HTTP and gRPC."""
