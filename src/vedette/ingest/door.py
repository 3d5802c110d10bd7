"""The door every protocol comes through: whose data is it, is it small enough, and what is turned away."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request
from starlette.requests import ClientDisconnect, HTTPConnection

from vedette.edge.bodies import BodyLimits, read_body
from vedette.guard.access import Access, Project, credentials_of
from vedette.kit.errors import Invalid, VedetteError
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Writers


@dataclass(frozen=True, slots=True)
class Admission:
    """Which records a protocol may bring in."""

    retention: Retention
    max_attributes: int = 512
    max_future_s: float = 86400


@dataclass(frozen=True, slots=True)
class Door:
    """What the ingest modules share; built once by the composition root."""

    access: Access
    writers: Writers
    ledger: Ledger
    instruments: Instruments
    limits: BodyLimits
    admission: Admission

    async def project(self, request: Request, *, protocol: str, signal: str, key: str | None = None) -> Project:
        """Return the project the request may write to; `key` is one found in the body. Raises UnknownKey, counted."""
        credentials = credentials_of(request.headers, request.query_params).with_keys(key)
        named = request.headers.get("x-vedette-project") or request.query_params.get("project")
        try:
            return await self.access.ingest_project(credentials, named)
        except VedetteError as error:
            raise self.refused(None, protocol, signal, error) from None

    async def body(
        self, request: Request, project: Project | None, *, protocol: str, signal: str, encoding: str | None = None
    ) -> bytes:
        """Return the decompressed body within the limits; refusals are counted.

        `encoding` is how it is compressed where the protocol, and not the header, says so.
        """
        try:
            body = await read_body(request, self.limits, encoding)
        except ClientDisconnect:
            raise self.refused(project, protocol, signal, Invalid("the client went away")) from None
        except VedetteError as error:
            raise self.refused(project, protocol, signal, error) from None
        self.instruments.received_bytes.labels(protocol).inc(len(body))
        return body

    def refused(self, project: Project | None, protocol: str, signal: str, error: VedetteError) -> VedetteError:
        """Count a request that is refused whole and return its error."""
        self.ledger.refused(project.id if project else None, protocol, signal, error.code)
        return error


def door_of(connection: HTTPConnection) -> Door:
    """Return the door of the running application."""
    return cast("Door", connection.app.state.door)
