"""Bodies of targets in whatever format they come."""

from dataclasses import dataclass, field
from typing import Literal

from vedette.ingest.exposition.exposed import Exposed, Finish
from vedette.ingest.exposition.protobuf import ProtobufParser, Wanted
from vedette.ingest.exposition.text import ExpositionParser

Format = Literal["text", "openmetrics", "protobuf"]


@dataclass(slots=True)
class BodyParser:
    """Parses one target's bodies, each in its format; remembers series from one to the next."""

    finish: Finish
    wanted: Wanted = field(default_factory=Wanted)
    _text: ExpositionParser = field(init=False)
    _protobuf: ProtobufParser = field(init=False)

    def __post_init__(self) -> None:
        self._text = ExpositionParser(self.finish)
        self._protobuf = ProtobufParser(self.finish, self.wanted)

    def parse(self, body: bytes, form: Format) -> Exposed:
        """Return what a body exposes; raises ExpositionError, and then nothing of it counts."""
        if form == "protobuf":
            return self._protobuf.parse(body)
        return self._text.parse(body, is_openmetrics=form == "openmetrics")
