"""The search language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.kit.errors import Invalid
from vedette.kit.search import Either, Every, Not, Term, Text, parse_search


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Every()),
        ("   ", Every()),
        ("timeout", Text("timeout")),
        ('"card declined"', Text("card declined")),
        ("a b", Every((Text("a"), Text("b")))),
        ("a AND b", Every((Text("a"), Text("b")))),
        ("a OR b", Either((Text("a"), Text("b")))),
        ("-a", Not(Text("a"))),
        ("NOT a", Not(Text("a"))),
        ("(a OR b) c", Every((Either((Text("a"), Text("b"))), Text("c")))),
        ("service:checkout", Term("service", "checkout")),
        ("duration:>=2.5", Term("duration", "2.5", ">=")),
        ("http.route:/items/*", Term("http.route", "/items/*", "=", is_pattern=True)),
        ('url:"a b"', Term("url", "a b")),
        ("http://shop/x", Text("http://shop/x")),
        ("12:30:01", Text("12:30:01")),
        ("a\\:b", Text("a:b")),
        ("GET /api", Every((Text("GET"), Text("/api")))),
    ],
)
def test_what_people_type_means_what_they_expect(text, meaning):
    """Words, phrases, fields, comparisons, patterns, addresses and times of day."""
    assert parse_search(text) == meaning


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("(a", 1, "never closed"),
        ("a)", 2, "closes nothing"),
        ('a "b', 3, "quote is never closed"),
        ("service:", 9, "value is missing"),
        ("a OR", 5, "missing here"),
        ("NOT", 4, "nothing follows NOT"),
        ("()", 2, "missing here"),
        ("(" * 50, 22, "parentheses inside"),
        ("-" * 3000 + "a", 22, "negations"),
        ("NOT " * 900 + "a", 85, "negations"),
        ("a " * 100, 129, "conditions"),
    ],
)
def test_a_mistake_is_shown_where_it_is(text, where, what):
    """The position counts from 1."""
    with pytest.raises(Invalid) as error:
        parse_search(text)

    (fault,) = error.value.faults
    assert fault.where == f"query, character {where}"
    assert what in fault.what


@given(st.text(max_size=80))
def test_any_text_is_understood_or_refused(text):
    """Nothing else can come out."""
    try:
        parse_search(text)
    except Invalid as error:
        assert error.faults


@given(st.text(min_size=1, max_size=30).filter(lambda text: '"' not in text and "\\" not in text))
def test_a_quoted_text_is_taken_as_it_is(text):
    """No character inside quotes has a meaning of its own."""
    assert parse_search(f'"{text}"') == Text(text)
