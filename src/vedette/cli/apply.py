"""`vedette apply`: make a project's dashboards what files say, through the HTTP API."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

MESSAGE = "vedette apply"
_KNOWN_BY_SERVER = {"uid", "version", "shipped", "updated_at", "updated_by", "kind", "message"}
_SLUG = re.compile(r"[^A-Za-z0-9_-]+")
_TIMEOUT_S = 30
State = Literal["created", "changed", "unchanged", "removed"]


class Failed(Exception):
    """One file could not be applied; the text says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document of a file, and where it is from."""

    source: str
    uid: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Api:
    """The HTTP API of a server, for one project."""

    url: str
    token: str
    project: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of an answer, None for 404; raises Failed for any other refusal."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if self.project:
            headers["X-Vedette-Project"] = self.project
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310 - checked by `apply`
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
                content = answer.read()
                return json.loads(content) if content else {}
        except urllib.error.HTTPError as error:
            if error.code == 404 and method == "GET":
                return None
            raise Failed(_problem(error)) from None
        except (urllib.error.URLError, TimeoutError) as error:
            raise Failed(f"{self.url} cannot be reached: {getattr(error, 'reason', error)}") from None


def apply(
    paths: Annotated[list[Path], typer.Argument(help="JSON files, or folders of them.", exists=True)],
    url: Annotated[str, typer.Option(help="Address of the server.", envvar="VEDETTE_URL")] = "http://127.0.0.1:8080",
    token: Annotated[str, typer.Option(help="API token of a member or admin.", envvar="VEDETTE_TOKEN")] = "",
    project: Annotated[str, typer.Option(help="Project; without it `default`.", envvar="VEDETTE_PROJECT")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove dashboards that were applied before and are in no file now.")
    ] = False,
) -> None:
    """Make dashboards what files say. Doing it again changes nothing; status 1 when something failed."""
    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("must begin with http:// or https://", param_hint="--url")
    api = Api(url.rstrip("/"), token, project)
    failures = 0
    seen: dict[str, str] = {}
    for wanted in _wanted(paths):
        outcome = wanted if isinstance(wanted, Failed) else _outcome(api, wanted, seen, dry_run=dry_run)
        failures += isinstance(outcome, Failed)
        typer.echo(f"error     {outcome}" if isinstance(outcome, Failed) else outcome, err=isinstance(outcome, Failed))
    if prune and not failures:
        failures += _prune(api, set(seen), dry_run=dry_run)
    if dry_run:
        typer.echo("nothing was changed: --dry-run")
    if failures:
        raise typer.Exit(1)


def _wanted(paths: Sequence[Path]) -> Iterator[Wanted | Failed]:
    for path in paths:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        for file in files:
            try:
                content = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, RecursionError) as error:
                yield Failed(f"{file}: is no JSON: {error}")
                continue
            documents = content if isinstance(content, list) else [content]
            for place, document in enumerate(documents):
                source = f"{file}[{place}]" if isinstance(content, list) else str(file)
                yield _document(document, source, file.stem, place if isinstance(content, list) else None)


def _document(document: object, source: str, stem: str, place: int | None) -> Wanted | Failed:
    if not isinstance(document, dict):
        return Failed(f"{source}: is no object")
    kind = document.get("kind", "dashboard")
    is_wrapped = "apiVersion" in document
    if kind != "dashboard" and not is_wrapped:
        return Failed(f"{source}: kind: {kind!r} is not known; this version knows: dashboard")
    inner = document.get("dashboard") if isinstance(document.get("dashboard"), dict) else document
    named = inner.get("uid") if isinstance(inner, dict) else None
    slug = _SLUG.sub("-", stem).strip("-")[:60] or "dashboard"
    uid = str(named) if named else slug if place is None else f"{slug}-{place}"
    return Wanted(source, uid, document)


def _outcome(api: Api, wanted: Wanted, seen: dict[str, str], *, dry_run: bool) -> str | Failed:
    """Apply one document and say what came of it; `seen` are the sources of uids so far."""
    first = seen.setdefault(wanted.uid, wanted.source)
    if first != wanted.source:
        return Failed(f"{wanted.source}: {first} has the uid {wanted.uid} too")
    try:
        state, summary = _apply(api, wanted, dry_run=dry_run)
    except Failed as failed:
        return Failed(f"{wanted.source}: {failed}")
    return f"{state:<9} {wanted.uid}  {summary}"


def _apply(api: Api, wanted: Wanted, *, dry_run: bool) -> tuple[State, str]:
    read = api.call("POST", "/api/dashboards/import?dry_run=true", wanted.document)
    new = {name: value for name, value in read["dashboard"].items() if name not in _KNOWN_BY_SERVER}
    for note in read["report"]:
        typer.echo(f"  {wanted.source}: {note['where']}: {note['what']}", err=True)
    path = f"/api/dashboards/{urllib.parse.quote(wanted.uid, safe='')}"
    old = api.call("GET", path)
    if old is None:
        if not dry_run:
            api.call("POST", "/api/dashboards", new | {"uid": wanted.uid, "message": f"{MESSAGE}: new"})
        return "created", f"{new['title']}: {len(new['panels'])} panels"
    summary = difference(old, new)
    if not summary:
        return "unchanged", new["title"]
    if not dry_run:
        api.call("PUT", path, new | {"version": old["version"], "message": f"{MESSAGE}: {summary}"[:1000]})
    return "changed", f"{new['title']}: {summary}"


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Say in a few words what differs between two documents; empty when nothing does."""
    parts = []
    for name, value in new.items():
        before = old.get(name)
        if before == value:
            continue
        if name in ("panels", "variables", "annotations") and isinstance(before, list):
            parts.append(f"{name} {_items(before, value, 'id' if name == 'panels' else 'name')}")
        else:
            parts.append(name)
    return ", ".join(parts)


def _items(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], key: str) -> str:
    before, after = ({each[key]: each for each in items} for items in (old, new))
    added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    changed = sum(before[each] != after[each] for each in before.keys() & after.keys())
    words = [f"{sign}{count}" for sign, count in (("+", added), ("-", removed), ("~", changed)) if count]
    return " ".join(words) or "in another order"


def _prune(api: Api, kept: set[str], *, dry_run: bool) -> int:
    """Remove dashboards whose latest version came from here and that no file has; return how many failed."""
    failures = 0
    try:
        listed = api.call("GET", "/api/dashboards")["items"]
    except Failed as failed:
        typer.echo(f"error     {failed}", err=True)
        return 1
    for each in listed:
        if each["shipped"] or each["uid"] in kept:
            continue
        path = f"/api/dashboards/{each['uid']}"
        try:
            versions = (api.call("GET", f"{path}/versions") or {"items": []})["items"]
            if not versions or not versions[0]["message"].startswith(MESSAGE):
                continue
            if not dry_run:
                api.call("DELETE", path)
            typer.echo(f"{'removed':<9} {each['uid']}  {each['title']}")
        except Failed as failed:
            failures += 1
            typer.echo(f"error     {failed}", err=True)
    return failures


def _problem(error: urllib.error.HTTPError) -> str:
    """Return what a problem document says, on one line."""
    try:
        problem = json.loads(error.read())
        faults = [f"{each['where']}: {each['what']}" for each in problem.get("errors") or ()]
        return "; ".join([str(problem["detail"]), *faults[:5]])
    except (ValueError, KeyError, TypeError):
        return f"the server answered {error.code} {error.reason}"
