"""Which errors are the same issue."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.signals.errors.grouping import (
    Frame,
    Raised,
    group,
    normal_function,
    normal_path,
    parameterised,
    show_issue_id,
)

TEXT = st.text(max_size=40)
FRAMES = st.builds(Frame, module=TEXT, filename=TEXT, function=TEXT, in_app=st.none() | st.booleans())
RAISED = st.builds(Raised, type=TEXT, value=TEXT, frames=st.lists(FRAMES, max_size=8))
CHECKOUT = Frame("shop.cart", "shop/cart.py", "checkout", in_app=True)
LIBRARY = Frame("requests.api", "requests/api.py", "get", in_app=False)


def issue(*raised: Raised, **known: object) -> int:
    return group(raised, **known).issue_id  # type: ignore[arg-type]


def test_message_of_an_exception_does_not_matter_when_there_is_a_stack() -> None:
    """The same line fails with many messages."""
    first, second = (Raised("KeyError", value, (CHECKOUT,)) for value in ("'a'", "something else"))
    assert issue(first) == issue(second)


def test_type_matters() -> None:
    """Two kinds of failure at one place are two problems."""
    assert issue(Raised("KeyError", "", (CHECKOUT,))) != issue(Raised("TypeError", "", (CHECKOUT,)))


def test_type_that_the_sdk_made_up_does_not_matter() -> None:
    """A synthetic exception has the type of its mechanism."""
    first, second = (Raised(kind, "", (CHECKOUT,), is_synthetic=True) for kind in ("Error", "SIGSEGV"))
    assert issue(first) == issue(second)


def test_frames_of_libraries_do_not_matter_beside_own_ones() -> None:
    """An upgrade of a library moves its frames."""
    assert issue(Raised("E", "", (CHECKOUT, LIBRARY))) == issue(Raised("E", "", (LIBRARY, CHECKOUT)))


def test_frames_of_libraries_matter_when_there_are_no_others() -> None:
    """Better than the message alone."""
    other = dataclasses.replace(LIBRARY, function="post")
    assert issue(Raised("E", "", (LIBRARY,))) != issue(Raised("E", "", (other,)))


def test_recursion_depth_does_not_matter() -> None:
    """A stack overflow has a thousand frames, one time more, one time less."""
    loop = (Frame("m", "", "a", in_app=True), Frame("m", "", "b", in_app=True))
    assert issue(Raised("RecursionError", "", loop * 300)) == issue(Raised("RecursionError", "", loop * 301))


def test_causes_matter() -> None:
    """The same wrapper around another cause is another problem."""
    outer = Raised("RuntimeError", "", (CHECKOUT,))
    assert issue(Raised("Timeout"), outer) != issue(Raised("Refused"), outer)


def test_number_and_order_of_siblings_in_a_group_do_not_matter() -> None:
    """An exception group of tasks has as many members as tasks failed."""
    a, b = (Raised(kind, "", (CHECKOUT,), is_in_group=True) for kind in ("A", "B"))
    assert issue(a, b) == issue(b, a, a)


def test_without_a_stack_the_parameters_of_the_message_do_not_matter() -> None:
    """Type and message, numbers aside."""
    assert issue(Raised("E", "user 17 not found")) == issue(Raised("E", "user 18 not found"))
    assert issue(Raised("E", "user 17 not found")) != issue(Raised("E", "order 17 not found"))


def test_messages_are_grouped_by_template_and_logger() -> None:
    """An event without exception."""
    assert issue(message="cannot reach %s", logger="mail") == issue(message="cannot reach %s", logger="mail")
    assert issue(message="cannot reach %s", logger="mail") != issue(message="cannot reach %s", logger="sms")


def test_fingerprint_is_stronger_than_everything() -> None:
    """Whoever sends a fingerprint knows better."""
    first = issue(Raised("A", "", (CHECKOUT,)), fingerprint=["payments"])
    assert first == issue(Raised("B", "x"), message="y", fingerprint=["payments"])
    assert first != issue(Raised("A", "", (CHECKOUT,)), fingerprint=["refunds"])


def test_fingerprint_may_refine_the_default() -> None:
    """`{{ default }}` stands for what would have been."""
    raised = Raised("A", "", (CHECKOUT,))
    assert issue(raised, fingerprint=["{{ default }}"]) == issue(raised)
    assert issue(raised, fingerprint=["{{default}}", "eu"]) != issue(raised)
    assert issue(raised, fingerprint=["{{ default }}", "eu"]) != issue(Raised("B"), fingerprint=["{{ default }}", "eu"])


def test_ids_of_version_one_stay() -> None:
    """A change of the id would make new issues of all old ones: raise the version and say so."""
    grouped = group([Raised("KeyError", "'a'", (CHECKOUT, LIBRARY))])
    assert (grouped.method, grouped.parts) == ("stack", ("stack", "KeyError\nshop.cart checkout"))
    assert show_issue_id(grouped.issue_id) == "fc0c8d676944c0bc"


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("checkout", "checkout"),
        ("<lambda>", ""),
        ("<anonymous>", ""),
        ("?", ""),
        ("Object.<anonymous>", ""),
        ("lambda$main$17", "lambda$main"),
        ("Shop$$Lambda$14/0x0000000800066840", "Shop$$Lambda"),
        ("main.serve.func2.1", "main.serve.func"),
        ("<Checkout>b__3_0", "<Checkout>b__"),
        ("{closure:/app/Cart.php:31}", "{closure}"),
        ("start_thread+0x7f31bc", "start_thread+"),
    ],
)
def test_functions_without_what_compilers_number(name: str, normal: str) -> None:
    """Numbers that change with every build say nothing."""
    assert normal_function(name) == normal


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("shop.cart", "shop.cart"),
        ("https://shop.example/static/app.3f2a1b9c.js?v=12", "static/app..js"),
        ("webpack:///./src/cart.ts", "src/cart.ts"),
        ("webpack://shop/./src/cart.ts", "src/cart.ts"),
        ("C:\\shop\\cart.py", "C:/shop/cart.py"),
        ("node_modules/react@18.2.0/index.js", "node_modules/react@/index.js"),
        ("<anonymous>", "<anonymous>"),
    ],
)
def test_paths_without_host_hash_and_version(path: str, normal: str) -> None:
    """One file under many addresses."""
    assert normal_path(path) == normal


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("user 17 not found", "user <number> not found"),
        ("took 1.5s", "took <number>"),
        ("id 6f1c2d3e-1111-2222-3333-444455556666 missing", "id <uuid> missing"),
        ("at 0x7ffd12 and deadbeef01", "at <hex> and <hex>"),
        ("no column 'price' in \"basket\"", "no column <quoted> in <quoted>"),
        ("can't connect, won't retry", "can't connect, won't retry"),
        ("GET https://shop.example/a?b=1 failed", "GET <url> failed"),
        ("mail to alice@example.com bounced", "mail to <email> bounced"),
        ("since 2026-01-02T03:04:05.678Z", "since <date>"),
        ("10.0.0.1 refused", "<ip> refused"),
        ("utf8 in sha256sum v2", "utf8 in sha256sum v2"),
    ],
)
def test_parameters_of_messages(message: str, template: str) -> None:
    """What varies is named by its kind."""
    assert parameterised(message) == template


@given(st.lists(RAISED, max_size=4), TEXT, st.lists(TEXT, max_size=3))
def test_grouping_is_total_and_repeatable(raised: list[Raised], message: str, fingerprint: list[str]) -> None:
    """Anything has an issue, and always the same."""
    first = group(raised, message=message, fingerprint=fingerprint)
    assert first == group(raised, message=message, fingerprint=fingerprint)
    assert 0 <= first.issue_id < 2**64
    assert len(show_issue_id(first.issue_id)) == 16


@given(RAISED.filter(lambda each: group([each]).method == "stack"), TEXT)
def test_a_message_never_splits_a_stack(raised: Raised, value: str) -> None:
    """Whatever the message says."""
    assert issue(raised) == issue(dataclasses.replace(raised, value=value))


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3))
def test_different_fingerprints_are_different_issues(first: list[str], second: list[str]) -> None:
    """Also when joining their parts would give the same text."""
    assert (issue(fingerprint=first) == issue(fingerprint=second)) == (first == second)


@given(st.integers(min_value=0, max_value=10**18))
def test_numbers_in_messages_never_split(number: int) -> None:
    """However large."""
    assert parameterised(f"order {number} failed") == "order <number> failed"
