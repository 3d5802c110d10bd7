"""How routes find the stores that the composition root put on `app.state`."""

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from vedette.kit.ledger import Ledger
from vedette.storage.telemetry.reader import Reader
from vedette.storage.telemetry.writer import Writers


async def _reader(connection: HTTPConnection) -> Reader:
    return cast("Reader", connection.app.state.reader)


async def _writers(connection: HTTPConnection) -> Writers:
    return cast("Writers", connection.app.state.writers)


async def _ledger(connection: HTTPConnection) -> Ledger:
    return cast("Ledger", connection.app.state.ledger)


ReaderDep = Annotated[Reader, Depends(_reader)]
WritersDep = Annotated[Writers, Depends(_writers)]
LedgerDep = Annotated[Ledger, Depends(_ledger)]
