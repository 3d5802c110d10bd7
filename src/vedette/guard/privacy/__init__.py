"""What may be kept of whom, and for how long."""
