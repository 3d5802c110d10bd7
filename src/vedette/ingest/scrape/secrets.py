"""Secrets in a scrape job that people edit: never shown, kept when the stand-in comes back; and files, never named.

Secret are the fields that the model declares with `repr=False`.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from vedette.ingest.scrape.config import Job
from vedette.kit.errors import Fault

HIDDEN = "<secret>"
"""Stands for a secret that is kept."""

Place = tuple[str | int, ...]


def masked(job: Job, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a job with the stand-in for every secret."""
    shown = copy.deepcopy(dict(document))
    for place, value in _secrets(job, shown):
        _set(shown, place, [HIDDEN for _ in value] if isinstance(value, list) else HIDDEN)
    return shown


def restored(job: Job, document: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return a document with the secrets of the `kept` one where the stand-in is, and the places that had none."""
    full = copy.deepcopy(dict(document))
    faults = []
    for place, value in _secrets(job, full):
        known = _counterpart(full, kept, place)
        if isinstance(value, list):
            found: Any = [_kept(each, known, number) for number, each in enumerate(value)]
            is_missing = None in found
        else:
            found = known if value == HIDDEN else value
            is_missing = found is None
        if is_missing:
            faults.append(Fault(written(place), f"there is no secret kept here that {HIDDEN} could stand for"))
        else:
            _set(full, place, found)
    return full, faults


def files(job: Job) -> list[Fault]:
    """Return the places where a job names files of this machine."""
    return [
        Fault(written(place), "files can be named in the configuration file only")
        for place, _, value in _fields(job, ())
        if value and str(place[-1]).endswith(("_file", "file_sd_configs", "files"))
    ]


def written(place: Place) -> str:
    """Return a place as faults name it."""
    return "job" + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place)


def _kept(value: object, known: object, number: int) -> object:
    if value != HIDDEN:
        return value
    return known[number] if isinstance(known, list) and number < len(known) else None


def _secrets(job: Job, document: Mapping[str, Any]) -> list[tuple[Place, Any]]:
    """Return the places of secrets and what is written there."""
    places = [place for place, is_secret, _ in _fields(job, ()) if is_secret]
    return [(place, value) for place in places if (value := _get(document, place))]


def _fields(model: BaseModel, place: Place) -> Iterator[tuple[Place, bool, Any]]:
    for name in sorted(model.model_fields_set):
        value = getattr(model, name)
        yield (*place, name), not type(model).model_fields[name].repr, value
        yield from _inner(value, (*place, name))


def _inner(value: object, place: Place) -> Iterator[tuple[Place, bool, Any]]:
    if isinstance(value, BaseModel):
        yield from _fields(value, place)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _inner(each, (*place, name))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _inner(each, (*place, number))


def _get(document: Any, place: Place) -> Any:
    for step in place:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _set(document: Any, place: Place, value: object) -> None:
    _get(document, place[:-1])[place[-1]] = value


def _counterpart(document: Any, kept: Any, place: Place) -> Any:
    """Return what a kept document has at a place; parts of a list are the same when their addresses are."""
    for step in place:
        document = document[step]
        if isinstance(step, int):
            alike = [each for each in kept if isinstance(each, dict) and each.get("url") == document.get("url")]
            kept = alike[0] if alike else None
        else:
            kept = kept.get(step) if isinstance(kept, Mapping) else None
        if kept is None:
            return None
    return kept
