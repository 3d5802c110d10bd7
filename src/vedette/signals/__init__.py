"""Row schema, queries and read API of each signal."""
