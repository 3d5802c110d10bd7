"""The text formats in which targets expose metrics."""
