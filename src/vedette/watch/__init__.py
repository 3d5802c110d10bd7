"""Views that join the signals."""
