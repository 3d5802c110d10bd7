"""Whatever a request says, reading its credentials fails only by finding none."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.guard.access import credentials_of, keys_of_request
from vedette.guard.access.credentials import tokens_of_header
from vedette.guard.access.secret import LONGEST_SECRET, hash_secret

SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=':,"'), min_size=1, max_size=80)
ANYTHING = st.text(max_size=300)
SCHEMES = st.sampled_from(["Bearer", "Basic", "ApiKey", "Sentry", "Digest", "basic", ""])
HEADERS = st.dictionaries(st.sampled_from(["authorization", "x-vedette-key", "x-sentry-auth"]), ANYTHING)
QUERIES = st.dictionaries(st.sampled_from(["key", "sentry_key", "token"]), ANYTHING)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@given(HEADERS, QUERIES)
def test_anything_is_read_without_error(headers, query):
    """And what is found is never empty, never endless, never twice, and can be hashed."""
    found = credentials_of(headers, query)
    for secrets in (found.keys, found.tokens):
        assert len(set(secrets)) == len(secrets)
        assert all(0 < len(each) <= LONGEST_SECRET and each == each.strip() and hash_secret(each) for each in secrets)


@given(SCHEMES, st.binary(max_size=200))
def test_any_bytes_in_base64_are_read_without_error(scheme, content):
    """Also what is no text."""
    tokens_of_header(f"{scheme} {base64.b64encode(content).decode()}")


@given(HEADERS, QUERIES)
def test_tokens_come_from_the_authorization_header_only(headers, query):
    """Never from an address."""
    assert credentials_of(headers, query).tokens == tokens_of_header(headers.get("authorization", ""))


@given(SECRETS)
def test_bearer(secret):
    """The scheme may be written in any case."""
    assert tokens_of_header(f"bEaReR   {secret} ") == (secret,)


@given(st.text(max_size=40).filter(lambda each: ":" not in each), SECRETS)
def test_basic_password(user, secret):
    """Whoever the user is."""
    assert tokens_of_header(basic(user, secret)) == (secret,)


@given(SECRETS)
def test_basic_user_without_password(secret):
    """As clients do that have one field for a key."""
    assert tokens_of_header(basic(secret, "")) == (secret,)


@given(SECRETS)
def test_basic_without_padding(secret):
    """Some clients leave it out."""
    assert tokens_of_header(basic("", secret).rstrip("=")) == (secret,)


@given(SECRETS, st.sampled_from([", ", ",", " , "]))
def test_sentry(secret, comma):
    """Wherever the key stands in the list."""
    for parts in (["sentry_version=7", f"sentry_key={secret}", "sentry_client=raven/1"], [f"sentry_key={secret}"]):
        assert keys_of_request({"x-sentry-auth": "Sentry " + comma.join(parts)}, {}) == (secret,)


def test_the_most_specific_place_comes_first():
    """A proxy may use `Authorization` for itself."""
    headers = {
        "authorization": "Bearer four",
        "x-vedette-key": "one",
        "x-sentry-auth": "Sentry sentry_key=two",
    }
    found = credentials_of(headers, {"sentry_key": "three", "key": "five"}).with_keys("six", None, "one")
    assert (found.keys, found.tokens) == (("one", "two", "three", "four", "five", "six"), ("four",))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic", "Basic Og==", "Basic ???", "Digest abc", "Bearer " + "x" * 513, "vdt_bare"],
)
def test_headers_without_a_token(header):
    """Empty, broken, of another scheme, or endless."""
    assert tokens_of_header(header) == ()
