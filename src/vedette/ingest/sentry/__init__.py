"""Sentry envelopes and store requests."""
