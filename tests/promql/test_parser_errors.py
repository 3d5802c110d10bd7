"""What is wrong with a query, and where: the texts Prometheus answers."""

import pytest

from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.parser import parse, parse_selector


def _answer(text: str) -> str:
    with pytest.raises(ParseError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "unknown position: parse error: no expression found in input"),
        (" # nothing", "1:1: parse error: no expression found in input"),
        ("1 +", "1:4: parse error: unexpected end of input"),
        ("* up", "1:1: parse error: unexpected <op:*>"),
        ("up down", '1:4: parse error: unexpected identifier "down"'),
        ("up a:b", '1:4: parse error: unexpected metric identifier "a:b"'),
        ("up 12345678901", '1:4: parse error: unexpected number "1234567890"...'),
        ("up 5m", '1:4: parse error: unexpected duration "5m"'),
        ('up "text"', r'1:4: parse error: unexpected string "\"text\""'),
        ("up sum", "1:4: parse error: unexpected <aggr:sum>"),
        ("up BY", "1:4: parse error: unexpected <BY>"),
        ("up\n +\n  )", "3:4: parse error: unexpected right parenthesis ')'"),
        ("(up", "1:4: parse error: unclosed left parenthesis"),
        ("up)", "1:4: parse error: unexpected right parenthesis ')'"),
        ("up[5m", "1:6: parse error: unclosed left bracket"),
        ("up]", "1:3: parse error: unexpected right bracket ']'"),
        ("up{", "1:4: parse error: unexpected end of input inside braces"),
        ("up}", "1:3: parse error: unexpected character: '}'"),
        ("up ! 1", "1:4: parse error: unexpected character after '!': ' '"),
        ("up =~ 1", "1:4: parse error: unexpected character after '=': '~'"),
        ("up = 1", '1:4: parse error: unexpected "="'),
        ("é", "1:1: parse error: unexpected character: 'é'"),
        ('{a="é"} +', "1:11: parse error: unexpected end of input"),
    ],
)
def test_says_which_word_is_unexpected_and_where(text: str, answer: str) -> None:
    assert _answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('"open', "1:1: parse error: unterminated quoted string"),
        ("`open", "1:1: parse error: unterminated raw string"),
        ("'a\nb'", "1:1: parse error: unterminated quoted string"),
        (r'"\q"', "1:1: parse error: unknown escape sequence U+0071 'q'"),
        (r'"\xg0"', "1:1: parse error: illegal character U+0067 'g' in escape sequence"),
        (r'"\x', "1:1: parse error: escape sequence not terminated"),
        (r'"\uD800"', "1:1: parse error: escape sequence is an invalid Unicode code point"),
        (r'"\400"', "1:1: parse error: escape sequence is an invalid Unicode code point"),
        ('up{a="\ud800"}', "1:6: parse error: invalid UTF-8 rune"),
        ("1..2", '1:1: parse error: bad number or duration syntax: "1.."'),
        ("1e", '1:1: parse error: bad number or duration syntax: "1e"'),
        ("1__0", '1:1: parse error: bad number or duration syntax: "1__"'),
        ("5x", '1:1: parse error: bad number or duration syntax: "5"'),
        ("1m1h", '1:1: parse error: not a valid duration string: "1m1h"'),
        ("5hs", '1:1: parse error: unknown unit "hs" in duration "5hs"'),
        ("300y", "1:1: parse error: duration out of range"),
        ("1e999", '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e999": value out of range'),
    ],
)
def test_says_what_is_wrong_with_a_literal(text: str, answer: str) -> None:
    assert _answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("up{a}", '1:5: parse error: unexpected "}" in label matching, expected label matching operator'),
        ("up{a=b}", '1:6: parse error: unexpected identifier "b" in label matching, expected string'),
        ('up{a="b" c="d"}', '1:10: parse error: unexpected identifier "c" in label matching, expected "," or "}"'),
        ("up{,}", '1:4: parse error: unexpected "," in label matching, expected identifier or "}"'),
        ('up{a="b",=}', '1:10: parse error: unexpected "=" in label matching, expected identifier or "}"'),
        ("up{1}", "1:4: parse error: unexpected character inside braces: '1'"),
        ("up{{", "1:4: parse error: unexpected left brace '{'"),
        ("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ('{a=~".*"}', "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ('up{"down"}', '1:1: parse error: metric name must not be set twice: "up" or "down"'),
        ('up{a=~"*"}', "1:4: parse error: error parsing regexp: missing argument to repetition operator: `*`"),
        ('up{a!~"(b"}', "1:4: parse error: error parsing regexp: missing closing ): `(b`"),
        ('up{a=~"(?=b)"}', "1:4: parse error: error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
    ],
)
def test_says_what_is_wrong_with_a_selector(text: str, answer: str) -> None:
    assert _answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("up[]", '"]" in subquery or range selector, expected number, duration, step(), or range()'),
        ("up[5m)", "right parenthesis ')'"),
        ("up[5m 5m]", 'duration "5m" in subquery or range, expected ":" or "]"'),
        ("up[5m:*]", '<op:*> in subquery selector, expected number, duration, step(), range(), or "]"'),
        ("up[5m:1m 1]", 'number "1" in subquery selector, expected "]"'),
        ("up offset up", 'identifier "up" in offset, expected number, duration, step(), or range()'),
        ("up @ now", 'identifier "now" in @, expected timestamp'),
        ("up @ start", "end of input in @, expected timestamp"),
        ("sum by up", 'identifier "up" in grouping opts, expected "("'),
        ("sum by (==) (up)", "<op:==> in grouping opts, expected label"),
        ("sum by (without) (up)", "<without> in grouping opts, expected label"),
        ("sum by (a b) (up)", 'identifier "b" in grouping opts, expected "," or ")"'),
        ("sum by (a) up", 'identifier "up" in aggregation'),
        ("sum(up +* 1)", "<op:*> in aggregation"),
        ("sum up", 'identifier "up"'),
        ("a + group_left (b) c", "<group_left>"),
        ("(a + on (b) group_left )", '")" in grouping opts, expected "("'),
    ],
)
def test_says_what_was_expected_in_that_place(text: str, answer: str) -> None:
    assert f"parse error: unexpected {answer}" in _answer(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("up[0]", "1:4: parse error: duration must be greater than 0"),
        ("up[5m:-1]", "1:7: parse error: duration must be greater than 0"),
        ("up offset 1e11", "1:11: parse error: duration out of range"),
        ("up[:5m]", "1:5: parse error: unexpected colon before duration in duration expression"),
        ("up[5m:5m:5m]", "1:9: parse error: unexpected colon ':'"),
        ("up[5m x]", "1:7: parse error: unexpected character: 'x', expected ':'"),
        ("up[abc]", "1:4: parse error: unexpected character in duration expression: 'a'"),
        ("up[", "1:4: parse error: unexpected end of input in duration expression"),
        ("rate(up[5m])[5m]", "1:13: parse error: ranges only allowed for vector selectors"),
        ("up offset 5m [5m]", "1:14: parse error: no offset modifiers allowed before range"),
        ("up @ 5 [5m]", "1:8: parse error: no @ modifiers allowed before range"),
        ("up offset 5m offset 5m", "1:1: parse error: offset may not be set multiple times"),
        ("up @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"),
        ("up @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"),
        (
            "1 offset 5m",
            (
                "1:1: parse error: offset modifier must be preceded by an instant vector selector"
                " or range vector selector or a subquery"
            ),
        ),
        ("up[5m][5m:]", "1:1: parse error: subquery is only allowed on instant vector, got matrix instead"),
    ],
)
def test_says_what_is_wrong_with_a_modifier(text: str, answer: str) -> None:
    assert _answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("nope(up)", '1:1: parse error: unknown function with name "nope"'),
        ("Rate(up[5m])", '1:1: parse error: unknown function with name "Rate"'),
        ("rate(up)", '1:6: parse error: expected type range vector in call to function "rate", got instant vector'),
        ("abs()", '1:1: parse error: expected 1 argument(s) in call to "abs", got 0'),
        ("round(up, 1, 2)", '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'),
        ("label_join(up)", '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1'),
        ("abs(up,)", "1:7: parse error: trailing commas not allowed in function call args"),
        ("sum()", "1:1: parse error: no arguments for aggregate expression provided"),
        (
            "topk(up)",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1",
        ),
        ("topk(up, up)", "1:6: parse error: expected type scalar in aggregation parameter, got instant vector"),
        ("count_values(1, up)", "1:14: parse error: expected type string in aggregation parameter, got scalar"),
        ("sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar"),
        (
            "-up[5m]",
            (
                "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector,"
                ' got "range vector"'
            ),
        ),
        ("up[5m] + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types"),
        ("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
        ("up + bool 1", "1:4: parse error: bool modifier can only be used on comparison operators"),
        ("up or 1", '1:1: parse error: set operator "or" not allowed in binary scalar expression'),
        ("up == on (a) 1", "1:1: parse error: vector matching only allowed between instant vectors"),
        ("a and on (b) group_left c", '1:1: parse error: no grouping allowed for "and" operation'),
        (
            "a + on (b) group_left (b) c",
            '1:3: parse error: label "b" must not occur in ON and GROUP clause at once',
        ),
    ],
)
def test_says_what_does_not_fit_together(text: str, answer: str) -> None:
    assert _answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("mad_over_time(up[5m])", '1:1: parse error: function "mad_over_time" is not enabled'),
        ("info(up)", '1:1: parse error: function "info" is not enabled'),
        ("step()", '1:1: parse error: function "step" is not enabled'),
        (
            "limitk(1, up)",
            (
                "1:1: parse error: limitk() is experimental and must be enabled with"
                " --enable-feature=promql-experimental-functions"
            ),
        ),
        ("up[5m + 1m]", "1:4: parse error: experimental duration expression is not enabled"),
        ("up offset step()", "1:11: parse error: experimental duration expression is not enabled"),
        ("a + fill (0) b", "1:1: parse error: binop fill modifiers are experimental and not enabled"),
        ("up[5m] smoothed", "1:1: parse error: smoothed modifier is experimental and not enabled"),
    ],
)
def test_refuses_what_is_experimental_by_name(text: str, answer: str) -> None:
    assert _answer(text) == answer


def test_of_two_faults_the_one_met_first_is_reported() -> None:
    assert _answer("nope(1) + ~") == '1:1: parse error: unknown function with name "nope"'
    assert _answer("1 + ~ nope(1)") == "1:5: parse error: unexpected character: '~'"


def test_a_fault_carries_its_place_and_reason() -> None:
    with pytest.raises(ParseError) as caught:
        parse("1 +\n2 +")

    assert (caught.value.position, caught.value.reason) == (7, "unexpected end of input")
    assert caught.value.faults[0].where == "2:4"


def test_a_selector_alone_must_be_nothing_else() -> None:
    with pytest.raises(ParseError, match="1:4: parse error: unexpected <op:\\+>"):
        parse_selector("up + 1")
    with pytest.raises(ParseError, match="1:1: parse error: unexpected number"):
        parse_selector("1")
