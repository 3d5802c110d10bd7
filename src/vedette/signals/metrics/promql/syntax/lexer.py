"""PromQL text to tokens.

Source of the rules: the lexer of Prometheus 3; its quirks of where an error is noticed are kept, for the messages.
"""

import re
from itertools import accumulate
from typing import NamedTuple

from vedette.signals.metrics.promql.syntax import numerals, strings
from vedette.signals.metrics.promql.syntax.quoting import quote, quote_character

MOST_TOKENS = 50_000

_OPERATOR_WORDS = frozenset(["and", "or", "unless", "atan2"])
OPERATORS = _OPERATOR_WORDS.union(
    ["+", "-", "*", "/", "%", "^", "==", "!=", "<=", "<", ">=", ">", "</", ">/", "=~", "!~", "@"]
)
AGGREGATORS = frozenset(
    {
        *("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk"),
        *("count_values", "quantile", "limitk", "limit_ratio"),
    }
)
MODIFIERS = frozenset(
    {
        *("offset", "smoothed", "anchored", "by", "without", "on", "ignoring", "group_left", "group_right"),
        *("fill", "fill_left", "fill_right", "bool"),
    }
)
PREPROCESSORS = frozenset(["start", "end", "step", "range", "max_of", "min_of"])
_DURATION_WORDS = frozenset(["step", "range", "max_of", "min_of"])
_WORDS = AGGREGATORS | MODIFIERS | PREPROCESSORS | _OPERATOR_WORDS
_CLASSES = {
    "IDENTIFIER": "identifier", "METRIC": "metric identifier", "STRING": "string", "NUMBER": "number",
    "DURATION": "duration",
}  # fmt: skip

_PLAIN_STRING = r"""|(?P<string>"[^"\\\n\ufffd\ud800-\udfff]*"|'[^'\\\n\ufffd\ud800-\udfff]*')"""
_STATEMENT = re.compile(
    r"(?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<skip>[ \t\n\r]+|#[^\r\n]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9a-zA-Z_.]))|(?P<duration>[0-9]+(?:ms|[smhdwy])(?![0-9a-zA-Z_]))"
    + _PLAIN_STRING
    + r"|(?P<sign>==|!=|<=|>=|</|>/|[-+*/%^<>@,]|=(?!~))"
)
_BRACES = re.compile(
    r"(?P<word>[a-zA-Z_][a-zA-Z0-9_]*)|(?P<skip>[ \t\n\r]+|#[^\r\n]*)" + _PLAIN_STRING + r"|(?P<sign>!=|=~|!~|[=,])"
)
_SPACES = re.compile(r"[ \t\n\r]*")
_LETTERS = re.compile(r"[a-zA-Z_]+")
_OPENS = re.compile(r"[ \t\n\r]*\(")


class Token(NamedTuple):
    """A word of the query. `kind` is the sign or the keyword in lower case, or one of the classes in capitals.

    Positions are bytes. An ERROR's text is the message, its start the place Prometheus names.
    """

    kind: str
    text: str
    start: int
    end: int

    def described(self) -> str:
        """Return the token as error messages name it."""
        if self.kind == "END":
            return "end of input"
        if self.kind in OPERATORS:
            return f"<op:{self.text}>"
        if self.kind in AGGREGATORS:
            return f"<aggr:{self.text}>"
        if self.kind in MODIFIERS:
            return f"<{self.text}>"
        if self.kind not in _CLASSES:
            return quote(self.text)
        is_long = self.kind not in ("IDENTIFIER", "METRIC") and self.end - self.start > 10
        return f"{_CLASSES[self.kind]} {quote(self.text[:10]) + '...' if is_long else quote(self.text)}"


class _Stop(Exception):
    """Ends the reading with a message and a place (character)."""

    def __init__(self, at: int, message: str) -> None:
        self.at, self.message = at, message


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a query, comments left out; the last is END, or ERROR where the text is no PromQL."""
    lexer = _Lexer(text)
    try:
        lexer.run()
    except _Stop as stop:
        lexer.tokens.append(Token("ERROR", stop.message, stop.at, len(text)))
    if text.isascii():
        return lexer.tokens
    places = [0, *accumulate(len(each.encode(errors="surrogatepass")) for each in text)]
    return [Token(kind, word, places[start], places[end]) for kind, word, start, end in lexer.tokens]


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.at = 0
        self.parens = 0
        self.in_braces = self.in_brackets = self.in_duration = False
        self.got_colon = self.got_duration = False

    def run(self) -> None:
        end = len(self.text)
        while self.at < end:
            if len(self.tokens) > MOST_TOKENS:
                raise _Stop(self.at, f"expression is too long: more than {MOST_TOKENS} words")
            if self.in_duration:
                self._duration()
            elif self.in_braces:
                self._braces()
            else:
                self._statement()
        if self.in_braces:
            raise _Stop(end, "unexpected end of input inside braces")
        if self.in_duration:
            raise _Stop(end, "unexpected end of input in duration expression")
        if self.parens:
            raise _Stop(end, "unclosed left parenthesis")
        if self.in_brackets:
            raise _Stop(end, "unclosed left bracket")
        self.tokens.append(Token("END", "", end, end))

    def _emit(self, kind: str, end: int) -> None:
        self.tokens.append(Token(kind, self.text[self.at : end], self.at, end))
        self.at = end

    def _statement(self) -> None:
        match = _STATEMENT.match(self.text, self.at)
        if match is None:
            self._rare(self.text[self.at])
            return
        group, end = match.lastgroup, match.end()
        if group == "skip":
            self.at = end
        elif group == "word":
            self._word(match.group(), end)
        elif group == "sign":
            self._emit(match.group(), end)
        else:
            self._emit("STRING" if group == "string" else "NUMBER" if group == "number" else "DURATION", end)

    def _word(self, word: str, end: int) -> None:
        if self.in_brackets:
            self._word_in_brackets(word)
            return
        lower = word.lower()
        if lower in _WORDS and (not lower.startswith("fill") or _OPENS.match(self.text, end)):
            self._emit(lower, end)
        elif lower in ("inf", "nan"):
            self._emit("NUMBER", end)
        else:
            self._emit("METRIC" if ":" in word else "IDENTIFIER", end)

    def _word_in_brackets(self, word: str) -> None:
        if word[0] == ":":
            if self.got_colon:
                raise _Stop(self.at, "unexpected colon ':'")
            self.got_colon = True
            self._emit(":", self.at + 1)
        elif not self._duration_word():
            raise _Stop(self.at, f"unexpected character: {quote_character(word[0])}, expected ':'")

    def _duration_word(self) -> bool:
        match = _LETTERS.match(self.text, self.at)
        if match is None or match.group().lower() not in _DURATION_WORDS:
            return False
        self._emit(match.group().lower(), match.end())
        return True

    def _rare(self, character: str) -> None:
        """Read what is not an everyday word of a statement."""
        following = self.text[self.at + 1 : self.at + 2]
        if character in "()":
            self._paren(character)
        elif character == "{":
            self._emit("{", self.at + 1)
            self.in_braces = True
        elif character == "[":
            self._open_bracket()
        elif character == "]":
            if not self.in_brackets:
                raise _Stop(self.at, "unexpected right bracket ']'")
            self._emit("]", self.at + 1)
            self.in_brackets = False
        elif character in "'\"`":
            self._string()
        elif character in "0123456789" or (character == "." and following and following in "0123456789"):
            self._number()
        elif character in "=!":
            raise _Stop(self.at, f"unexpected character after '{character}': {quote_character(following)}")
        else:
            raise _Stop(self.at, f"unexpected character: {quote_character(character)}")

    def _open_bracket(self) -> None:
        if self.in_brackets:
            raise _Stop(self.at, "unexpected left bracket '['")
        self._emit("[", self.at + 1)
        self.got_colon = False
        self.in_brackets = self.in_duration = True

    def _paren(self, character: str) -> None:
        self._emit(character, self.at + 1)
        self.parens += 1 if character == "(" else -1
        if self.parens < 0:
            self.tokens.pop()
            raise _Stop(self.at, "unexpected right parenthesis ')'")

    def _string(self) -> None:
        end, fault = strings.scan(self.text, self.at)
        if fault:
            raise _Stop(self.at, fault)
        self._emit("STRING", end)

    def _number(self) -> None:
        kind, end = numerals.scan(self.text, self.at)
        if not kind:
            raise _Stop(self.at, f"bad number or duration syntax: {quote(self.text[self.at : end])}")
        self._emit(kind, end)

    def _braces(self) -> None:
        match = _BRACES.match(self.text, self.at)
        if match is None:
            self._rare_in_braces(self.text[self.at])
            return
        group, end = match.lastgroup, match.end()
        if group == "skip":
            self.at = end
        else:
            self._emit("IDENTIFIER" if group == "word" else "STRING" if group == "string" else match.group(), end)

    def _rare_in_braces(self, character: str) -> None:
        if character == "}":
            self._emit("}", self.at + 1)
            self.in_braces = False
        elif character in "'\"`":
            self._string()
        elif character == "{":
            raise _Stop(self.at, "unexpected left brace '{'")
        elif character == "!":
            following = self.text[self.at + 1 : self.at + 2]
            raise _Stop(self.at, f"unexpected character after '!' inside braces: {quote_character(following)}")
        else:
            raise _Stop(self.at, f"unexpected character inside braces: {quote_character(character)}")

    def _duration(self) -> None:
        """Read what follows `[` up to the first number."""
        match = _SPACES.match(self.text, self.at)
        if match is not None and match.end() > self.at:
            self.at = match.end()
            return
        character, following = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if character in "()":
            self._paren(character)
        elif character == "]":
            self._emit("]", self.at + 1)
            self.in_brackets = self.in_duration = self.got_colon = False
        elif character == ":":
            self._colon()
        elif character in "+-*/%^,":
            self._emit(character, self.at + 1)
        elif character in "0123456789" or (character == "." and following and following in "0123456789"):
            self.got_duration, self.in_duration = True, False
            self._statement()
        elif not self._duration_word():
            raise _Stop(self.at, f"unexpected character in duration expression: {quote_character(character)}")

    def _colon(self) -> None:
        at = self.at + 1
        if not self.got_duration:
            raise _Stop(at, "unexpected colon before duration in duration expression")
        if self.got_colon:
            raise _Stop(at, "unexpected repeated colon in duration expression")
        self._emit(":", at)
        self.got_colon = True
