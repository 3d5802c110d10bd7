"""The WebSocket `/api/live`.

The client sends `{"op": "subscribe", "id", "topic", "project", "params"}` and `{"op": "unsubscribe", "id"}`; the server
sends `{"id", "topic", "data"}` or `{"id", "error": <problem document>}`.
"""

import asyncio
import contextlib
from collections import OrderedDict
from typing import Any, cast

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from vedette.edge.problems import document
from vedette.guard.access import Principal, access_of, authenticate
from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.instruments import Instruments
from vedette.watch.live.hub import Hub, Question, parse_params

router = APIRouter()

_POLICY_VIOLATION = 1008
_MOST_SUBSCRIPTIONS = 50
_AUTH_AGAIN_S = 60


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Serve one client until it goes."""
    try:
        principal = await authenticate(socket, access_of(socket))
    except VedetteError as error:
        await socket.close(_POLICY_VIOLATION, error.detail[:100])
        return
    await socket.accept()
    instruments = cast("Instruments", socket.app.state.instruments)
    instruments.live_clients.inc()
    client = _Client(socket, principal, cast("Hub", socket.app.state.hub))
    try:
        await client.serve()
    finally:
        instruments.live_clients.dec()


class _Client:
    """One connection. A slow one gets the newest answer of each subscription, never a backlog."""

    def __init__(self, socket: WebSocket, principal: Principal, hub: Hub) -> None:
        self._socket, self._principal, self._hub = socket, principal, hub
        self._questions: dict[str, Question] = {}
        self._outgoing: OrderedDict[str, bytes] = OrderedDict()
        self._wake = asyncio.Event()

    async def serve(self) -> None:
        tasks = [asyncio.create_task(each) for each in (self._receive(), self._send(), self._watch())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for question_id, question in self._questions.items():
                self._hub.unsubscribe(question, (self, question_id))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
                await self._socket.close(_POLICY_VIOLATION)

    async def _receive(self) -> None:
        while True:
            try:
                text = await self._socket.receive_text()
            except (WebSocketDisconnect, KeyError, RuntimeError):
                return
            question_id = ""
            try:
                message = orjson.loads(text)
                if not isinstance(message, dict) or not isinstance(message.get("id"), str):
                    raise Invalid("the message is not valid", faults=[Fault("id", "must be a text")])
                question_id = message["id"][:100]
                await self._obey(question_id, message)
            except orjson.JSONDecodeError:
                self._queue(question_id, b'"error":' + orjson.dumps(document(Invalid("the message is not JSON"))))
            except VedetteError as error:
                self._queue(question_id, b'"error":' + orjson.dumps(document(error)))

    async def _obey(self, question_id: str, message: dict[str, Any]) -> None:
        if (old := self._questions.pop(question_id, None)) is not None:
            self._hub.unsubscribe(old, (self, question_id))
        if message.get("op") == "unsubscribe":
            return
        if message.get("op") != "subscribe":
            raise Invalid("the message is not valid", faults=[Fault("op", "subscribe or unsubscribe")])
        if len(self._questions) >= _MOST_SUBSCRIPTIONS:
            raise Invalid(f"more than {_MOST_SUBSCRIPTIONS} subscriptions")
        named = message.get("project")
        project = await access_of(self._socket).project(self._principal, named if isinstance(named, str) else None)
        topic = str(message.get("topic", ""))
        question = Question(topic, project, parse_params(message.get("params")))
        prefix = b'"topic":' + orjson.dumps(topic) + b","

        def listener(answer: bytes, failed: bool) -> None:
            self._queue(question_id, b'"error":' + answer if failed else prefix + b'"data":' + answer)

        self._hub.subscribe(question, (self, question_id), listener)
        self._questions[question_id] = question

    def _queue(self, question_id: str, body: bytes) -> None:
        self._outgoing[question_id] = b'{"id":' + orjson.dumps(question_id) + b"," + body + b"}"
        self._wake.set()

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outgoing:
                _, message = self._outgoing.popitem(last=False)
                try:
                    await self._socket.send_text(message.decode())
                except (WebSocketDisconnect, RuntimeError):
                    return

    async def _watch(self) -> None:
        """End the connection soon after its session or token ends."""
        while True:
            await asyncio.sleep(_AUTH_AGAIN_S)
            try:
                await authenticate(self._socket, access_of(self._socket))
            except VedetteError:
                return
