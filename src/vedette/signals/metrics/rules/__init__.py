"""Recording rules: Prometheus rule files read, evaluated on their intervals, and listed."""
