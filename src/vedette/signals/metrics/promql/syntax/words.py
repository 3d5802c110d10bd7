"""The tokens of one query and the place the parser has reached in them."""

from typing import NoReturn

from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.syntax.lexer import Token, tokens_of


class Words:
    """A cursor over tokens. What is wrong with the text itself is raised when the parser stumbles on it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens_of(text)
        self._index = 0
        self.token = self._tokens[0]
        self.kind = self.token.kind
        self.taken_end = 0

    def take(self) -> Token:
        """Return the current token and go on to the next."""
        token = self.token
        self.taken_end = token.end
        if self._index + 1 < len(self._tokens):
            self._index += 1
        self.token = self._tokens[self._index]
        self.kind = self.token.kind
        return token

    def take_if(self, kind: str) -> Token | None:
        """Return the current token and go on if it is of this kind."""
        return self.take() if self.kind == kind else None

    def following(self) -> str:
        """Return the kind of the token behind the current one."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)].kind

    def unexpected(self, context: str = "", expected: str = "") -> NoReturn:
        """Raise ParseError about the current token."""
        self.check_text()
        reason = f"unexpected {self.token.described()}"
        reason += f" in {context}" if context else ""
        reason += f", expected {expected}" if expected else ""
        self.fail(self.token.start, reason)

    def fail(self, position: int, reason: str) -> NoReturn:
        """Raise ParseError."""
        raise ParseError(self.text, position, reason)

    def check_text(self) -> None:
        """Raise ParseError if the text cannot be read beyond the last token taken."""
        if self.kind == "ERROR":
            self.fail(self.token.start, self.token.text)
