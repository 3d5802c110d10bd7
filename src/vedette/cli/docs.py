"""`vedette docs`: write the pages of `docs/` that are generated from code."""

from pathlib import Path
from typing import Annotated

import typer

from vedette.settings import settings_page


def docs(folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path("docs")) -> None:
    """Write the pages that are generated from code."""
    (folder / "settings.md").write_text(settings_page())
