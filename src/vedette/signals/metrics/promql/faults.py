"""What is wrong with a query, worded and placed as Prometheus does."""

from vedette.kit.errors import Fault, Invalid


class ParseError(Invalid):
    """A query that cannot be read; `position` is a byte of its UTF-8 text, `reason` says why.

    Its text is what Prometheus answers: `1:5: parse error: unexpected end of input`.
    """

    code, title = "bad_query", "The query cannot be read"

    def __init__(self, text: str, position: int, reason: str) -> None:
        where = _place(text, position)
        super().__init__(f"{where}: parse error: {reason}", faults=[Fault(where, reason)])
        self.position, self.reason = position, reason


def _place(text: str, position: int) -> str:
    if not text:
        return "unknown position"
    before = text.encode(errors="surrogatepass")[:position]
    return f"{before.count(10) + 1}:{position - before.rfind(10)}"
