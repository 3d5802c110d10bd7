"""Product events: what people do."""
