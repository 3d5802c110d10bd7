"""The commands: serve, demo, apply, doctor, token, project."""

import sys

import typer

from vedette import __version__
from vedette.cli import apply, demo, docs, doctor, project, serve, token
from vedette.kit.errors import VedetteError

app = typer.Typer(
    name="vedette",
    help="One server for everything a running product says about itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("apply")(apply.apply)
app.command("doctor")(doctor.doctor)
app.command("docs", hidden=True)(docs.docs)
app.add_typer(token.app, name="token")
app.add_typer(project.app, name="project")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run a command; a deliberate error ends it with its text and status 1."""
    try:
        app()
    except VedetteError as error:
        typer.echo(f"error: {error.detail}", err=True)
        for fault in error.faults:
            typer.echo(f"  {fault.where}: {fault.what}", err=True)
        sys.exit(1)
