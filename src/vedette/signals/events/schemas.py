"""Wire shapes of the events API."""

from pydantic import BaseModel


class ProductEvent(BaseModel):
    """One product event; values of `properties` that are not text are JSON text."""

    id: str
    timestamp: str
    name: str
    distinct_id: str
    session_id: str
    properties: dict[str, str]


class ProductEventPage(BaseModel):
    """Events, newest first; `next` is the cursor of the following page."""

    items: list[ProductEvent]
    next: str | None


class EventName(BaseModel):
    """What people did, how often, how many of them, and when last."""

    name: str
    count: int
    people: int
    last_seen: str


class EventNames(BaseModel):
    """The names of a range, most frequent first."""

    items: list[EventName]
