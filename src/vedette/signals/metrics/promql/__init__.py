"""PromQL as Prometheus 3 has it: text to tree, and trees evaluated over (series x steps)."""
