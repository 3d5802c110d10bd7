"""Spans and the traces they form."""
