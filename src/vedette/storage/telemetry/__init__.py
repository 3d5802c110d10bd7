"""The columnar store: port, embedded adapter, schema, group-commit writer, query reader."""
