"""Error events and the issues they are grouped into."""
