"""Vedette's own product events."""
