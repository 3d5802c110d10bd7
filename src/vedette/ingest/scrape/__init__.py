"""Scraping of targets as Prometheus does, from its own configuration."""
