"""Dashboards: their documents, versions and shares, and the answers their panels draw."""
