"""The labels in a push's address. Source: https://github.com/prometheus/pushgateway/blob/master/README.md#url."""

import base64
import binascii
import re

from vedette.ingest.pushgateway.families import GroupKey
from vedette.kit.errors import Invalid

_BASE64 = "@base64"
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def group_key(path: str, *, is_base64: bool) -> GroupKey:
    """Read what follows `/metrics/job/` (or `/metrics/job@base64/`), decoded; raises Invalid."""
    job, *rest = [part for part in path.split("/") if part] or [""]
    if is_base64:
        job = _decoded(job, "job name")
    if not job:
        raise Invalid("job name is required")
    if len(rest) % 2:
        raise Invalid(f"odd number of components in label string {'/' + '/'.join(rest)!r}")
    labels: dict[str, str] = {}
    for written, value in zip(rest[::2], rest[1::2], strict=True):
        name = written.removesuffix(_BASE64)
        if not _LABEL_NAME.fullmatch(name) or name.startswith("__"):
            raise Invalid(f"improper label name {name!r}")
        labels[name] = value if name == written else _decoded(value, f"label {name}")
    labels["job"] = job
    return tuple(sorted(labels.items()))


def _decoded(text: str, what: str) -> str:
    """Decode the URL-safe alphabet; padding may be there or not, and `=` alone is empty."""
    plain = text.rstrip("=")
    try:
        if not _ALPHABET.fullmatch(plain):
            raise ValueError("another alphabet")  # noqa: TRY301 - one way to say so
        return base64.b64decode(plain.encode() + b"=" * (-len(plain) % 4), altchars=b"-_").decode()
    except (binascii.Error, ValueError):
        raise Invalid(f"invalid base64 encoding in {what} {text!r}") from None


def shown_key(key: GroupKey) -> str:
    """Return the labels of a group for messages."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in key) + "}"
