"""A small fleet of instrumented programs, its visitors and a day of its past: clients, no part of the server."""
