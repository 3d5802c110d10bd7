"""Which error events are the same issue.

Strongest first: the fingerprint the sender gave; the types of the exceptions and the frames of the application; type
and message with their variable parts taken out; the template of the message. The version is part of the hash: another
version makes new issues and leaves the old ones as they are.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

VERSION = 1
_MOST_FRAMES = 64
_MOST_EXCEPTIONS = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """What grouping needs of a stack frame; `in_app` is None when the sender did not say."""

    module: str = ""
    filename: str = ""
    function: str = ""
    in_app: bool | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """What grouping needs of an exception; frames run from the oldest call to the newest.

    `is_synthetic`: the SDK made the exception up, so its type says nothing. `is_in_group`: one of several siblings,
    whose number differs from time to time.
    """

    type: str = ""
    value: str = ""
    frames: Sequence[Frame] = ()
    is_synthetic: bool = False
    is_in_group: bool = False


@dataclass(frozen=True, slots=True)
class Grouping:
    """The id of the issue, and what it was made of, to be shown to whoever asks why."""

    issue_id: int
    method: str
    parts: tuple[str, ...]


def group(
    raised: Sequence[Raised], *, message: str = "", logger: str = "", fingerprint: Sequence[str] = ()
) -> Grouping:
    """Return the issue of an event; `raised` runs from the cause to what was caught last, as Sentry sends it."""
    method, parts = _default(raised, message, logger)
    if fingerprint and not all(_DEFAULT.fullmatch(each) for each in fingerprint):
        method, parts = "fingerprint", tuple(_with_default(fingerprint, parts))
    digest = hashlib.blake2b(_joined((str(VERSION), *parts)), digest_size=8).digest()
    return Grouping(int.from_bytes(digest, "big"), method, parts)


def show_issue_id(issue_id: int) -> str:
    """Return an issue's id as people see it: 16 hexadecimal digits."""
    return f"{issue_id:016x}"


_DEFAULT = re.compile(r"\s*\{\{\s*default\s*\}\}\s*")


def _with_default(fingerprint: Sequence[str], default: Sequence[str]) -> Iterator[str]:
    for each in fingerprint:
        if _DEFAULT.fullmatch(each):
            yield from default
        else:
            yield each


def _joined(parts: Sequence[str]) -> bytes:
    """Join so that no two sequences give the same bytes: each part is preceded by its length."""
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    return b"".join(len(each).to_bytes(4, "big") + each for each in encoded)


def _default(raised: Sequence[Raised], message: str, logger: str) -> tuple[str, tuple[str, ...]]:
    shown = list(raised)[-_MOST_EXCEPTIONS:]
    stacks = [(each, _stack(each.frames)) for each in shown]
    if any(stack for _, stack in stacks):
        described = [(*_kind(each), *stack) for each, stack in stacks]
        if any(each.is_in_group for each in shown):
            described = sorted(set(described))
        return "stack", ("stack", *("\n".join(each) for each in described))
    if shown:
        main = shown[-1]
        return "exception", ("exception", main.type, parameterised(main.value))
    if message:
        return "message", ("message", logger, parameterised(message))
    return "nothing", ("nothing", logger)


def _kind(raised: Raised) -> tuple[str]:
    return ("" if raised.is_synthetic else raised.type,)


def _stack(frames: Sequence[Frame]) -> tuple[str, ...]:
    """Return the frames of the application, or all when none is known to be; recursion is shown once."""
    own = [frame for frame in frames if frame.in_app] or list(frames)
    found: list[str] = []
    for frame in own:
        shown = _shown(frame)
        if shown and shown not in found[-3:]:  # also folds two or three functions that call each other
            found.append(shown)
    return tuple(found[-_MOST_FRAMES:])


def _shown(frame: Frame) -> str:
    function = normal_function(frame.function)
    where = normal_path(frame.module or frame.filename)
    if not function and (not where or where in _NOWHERE):
        return ""
    return f"{where} {function}"


_NOWHERE = {"<anonymous>", "<string>", "<stdin>", "[native code]", "native", "<unknown>"}
_NO_NAME = re.compile(
    r"\??|<?anonymous>?|<?lambda>?|<unknown>|(?:Object|Module|Function)\.<anonymous>|eval|__webpack_require__"
)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{3,}")
# Java and Kotlin: `lambda$main$0`, `Foo$$Lambda$12/0x000…`, `access$100`; C#: `<Main>b__0_1`; PHP: `{closure:…}`
_COMPILED = (
    (re.compile(r"lambda\$(\w+?)\$\d+"), r"lambda$\1"),
    (re.compile(r"\$\$Lambda(\$\d+)?(/\w+)?"), "$$Lambda"),
    (re.compile(r"\$\$(?:FastClass|EnhancerBy|Proxy)\w*\$\$\w+"), "$$Proxy"),
    (re.compile(r"\$Proxy\d+"), "$Proxy"),
    (re.compile(r"access\$\d+"), "access$"),
    (re.compile(r"b__\d+(?:_\d+)?"), "b__"),
    (re.compile(r"d__\d+"), "d__"),
    (re.compile(r"\{closure:.*\}"), "{closure}"),
    (re.compile(r"\.func\d+(?:\.\d+)*"), ".func"),
)
_QUERY = re.compile(r"[?#].*$")
_HASH = re.compile(r"(?<=[.\-_/])(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{7,64}(?=[.\-_/]|$)")
_ORIGIN = re.compile(r"^(?:[a-z][a-z0-9+.\-]*:)/{2,3}[^/]*/?", re.IGNORECASE)
_VERSIONED = re.compile(r"(?<=[/@\-])v?\d+(?:\.\d+){1,3}(?=[/.\-]|$)")


def normal_function(name: str) -> str:
    """Return a function's name without what a compiler or bundler numbers; empty when it has none."""
    text = name.strip()
    for pattern, instead in _COMPILED:
        text = pattern.sub(instead, text)
    text = _ADDRESS.sub("", text)
    return "" if _NO_NAME.fullmatch(text) else text[:300]


def normal_path(path: str) -> str:
    """Return a module or file without host, build hash and version."""
    text = path.strip().replace("\\", "/")
    if text in _NOWHERE:
        return text
    text = _ORIGIN.sub("", _QUERY.sub("", text))
    text = text.removeprefix("./")
    text = _VERSIONED.sub("", _HASH.sub("", text))
    for pattern, instead in _COMPILED[:5]:
        text = pattern.sub(instead, text)
    return text[:300]


_PARAMETERS = re.compile(
    r"""
      (?P<quoted>(?<!\w)'[^'\n]{1,500}'(?!\w)|"[^"\n]{1,500}")
    | (?P<url>\b[a-z][a-z0-9+.\-]{1,20}://[^\s'"<>]+)
    | (?P<email>[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64})+)
    | (?P<uuid>\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b)
    | (?P<date>\b\d{4}-\d\d-\d\d(?:[T\ ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+\-]\d\d:?\d\d)?)?)
    | (?P<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b)
    | (?P<hex>\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,128}\b)
    | (?P<number>(?<!\w)[+\-]?\d+(?:[.,]\d+)*(?:e[+\-]?\d+)?(?:ms|us|ns|s|kb|mb|gb|%)?(?!\w))
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parameterised(text: str) -> str:
    """Return a message with what varies replaced by its kind: "user 17 not found" → "user <number> not found"."""
    first = text.strip()[:2000]
    return _PARAMETERS.sub(lambda match: f"<{match.lastgroup}>", first)
