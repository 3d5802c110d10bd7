"""A day of the demo shop's past, sent through the same protocols the fleet uses."""
