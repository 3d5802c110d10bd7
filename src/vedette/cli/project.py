"""`vedette project`: projects, straight in the records; works while the server runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vedette.guard.access import Access
from vedette.settings import load_settings
from vedette.storage.records import Records, sqlite_url

DataDir = Annotated[Path | None, typer.Option(help="Folder that holds everything Vedette keeps.", show_default=False)]
RecordsUrl = Annotated[str | None, typer.Option(help="Where records are kept, when not there.", show_default=False)]

app = typer.Typer(help="Projects: what telemetry belongs to.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="1 to 63 of a-z, 0-9, '.', '_', '-'.")],
    data_dir: DataDir = None,
    records_url: RecordsUrl = None,
) -> None:
    """Make a project and print its id."""
    with open_access(data_dir, records_url) as access:
        typer.echo(access.projects.create(name).id)


@app.command("list")
def list_(data_dir: DataDir = None, records_url: RecordsUrl = None) -> None:
    """List the projects by name."""
    with open_access(data_dir, records_url) as access:
        rows = access.projects.list()
    table = Table("ID", "Name", "Created")
    for row in rows:
        table.add_row(str(row.id), row.name, shown(row.created_at))
    Console().print(table)


@contextmanager
def open_access(data_dir: Path | None, records_url: str | None) -> Iterator[Access]:
    """Open the records that the settings name, bringing them to this version first."""
    settings = load_settings({"data_dir": data_dir, "records_url": records_url})
    records = Records(settings.records_url or sqlite_url(settings.data_dir))
    access = Access(records)
    try:
        records.migrate()
        yield access
    finally:
        access.close()
        records.close()


def shown(moment: datetime | None) -> str:
    """Return a moment as a list shows it."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
