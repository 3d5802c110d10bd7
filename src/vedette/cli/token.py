"""`vedette token`: API tokens, straight in the records; works while the server runs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vedette.cli.project import DataDir, RecordsUrl, open_access, shown
from vedette.guard.access import Role

app = typer.Typer(help="API tokens: programs that read, and write with more than one project.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.VIEWER,
    days: Annotated[int | None, typer.Option(min=1, max=36500, help="Days it holds; without: until revoked.")] = None,
    data_dir: DataDir = None,
    records_url: RecordsUrl = None,
) -> None:
    """Make a token and print it; it is not shown again."""
    if not 0 < len(name.strip()) <= 200:
        raise typer.BadParameter("use 1 to 200 characters", param_hint="NAME")
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with open_access(data_dir, records_url) as access:
        _, token = access.tokens.create(name.strip(), role, expires_at=expires_at)
    typer.echo(token)


@app.command("list")
def list_(data_dir: DataDir = None, records_url: RecordsUrl = None) -> None:
    """List the tokens, revoked and expired ones too, newest first."""
    with open_access(data_dir, records_url) as access:
        rows = access.tokens.list()
    table = Table("ID", "Name", "Prefix", "Role", "Created", "Last used", "Expires", "Revoked")
    for row in rows:
        moments = (row.created_at, row.last_used_at, row.expires_at, row.revoked_at)
        table.add_row(str(row.id), row.name, row.prefix, row.role, *map(shown, moments))
    Console().print(table)


@app.command()
def revoke(
    token_id: Annotated[int, typer.Argument(help="The id that `vedette token list` shows.")],
    data_dir: DataDir = None,
    records_url: RecordsUrl = None,
) -> None:
    """Revoke a token; a server that runs follows within 30 seconds."""
    with open_access(data_dir, records_url) as access:
        access.tokens.revoke(token_id)
    typer.echo(f"token {token_id} revoked", err=True)
