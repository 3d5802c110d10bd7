"""Named queries kept in SQL files beside the code that asks them."""

import re
from importlib import resources

_NAME = re.compile(r"^-- :name (\w+)\s*$", re.MULTILINE)


def load_queries(package: str, file: str = "queries.sql") -> dict[str, str]:
    """Return the queries of a package's SQL file by name; each starts with a line `-- :name latest_logs`."""
    text = resources.files(package).joinpath(file).read_text()
    parts = _NAME.split(text)[1:]
    named = dict(zip(parts[::2], (each.strip().rstrip(";") for each in parts[1::2]), strict=True))
    if len(named) * 2 != len(parts):
        raise ValueError(f"{package}/{file}: a query name is used twice")
    return named
