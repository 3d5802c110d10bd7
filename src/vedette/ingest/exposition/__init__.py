"""The formats in which targets expose metrics: text, OpenMetrics, protobuf."""
