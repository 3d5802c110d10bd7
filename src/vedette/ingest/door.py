"""The door every protocol comes through: whose data is it, is it small enough, and what is turned away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request
from starlette.requests import ClientDisconnect, HTTPConnection

from vedette.edge.bodies import BodyLimits, read_body
from vedette.guard.access import Access, Credentials, Project
from vedette.kit.errors import Invalid, VedetteError
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.storage.telemetry.writer import Writers


@dataclass(frozen=True, slots=True)
class Admission:
    """Which records a protocol may bring in."""

    max_attributes: int = 512
    max_future_s: int = 86400
    retention_days: Mapping[str, int] = field(default_factory=dict)


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
        credentials = Credentials.of_request(request, key=key)
        try:
            return await self.access.ingest_project(credentials)
        except VedetteError as error:
            self.ledger.refused(None, protocol, signal, error.code)
            raise

    async def body(self, request: Request, project: Project | None, *, protocol: str, signal: str) -> bytes:
        """Return the decompressed body within the limits; refusals are counted."""
        try:
            body = await read_body(request, self.limits)
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
