"""Metric series and their samples."""
