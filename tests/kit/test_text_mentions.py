"""Mentions: which names become links, in every place of a text; that nothing else does, and that nothing is slow."""

import time

import pytest

from service.kit.text import mentioned_in, plain, render, typed_names
from service.kit.text.mentions import MOST_LINKS, MOST_NAMES
from tests.kit.test_text_safety import CORPUS, assert_inert

pytestmark = pytest.mark.no_database
KNOWN = frozenset({"bob", "Anna.K", "x_y-z", "pau1"})
LIMIT = 32_000


def link(name: str, typed: str = "") -> str:
    return f'<a href="/u/{name}" class="mention" rel="ugc nofollow noopener">@{typed or name}</a>'


BOB = link("bob")

LINKED = [
    ("@bob", BOB),
    ("hello @bob", f"hello {BOB}"),
    ("@BOB and @Bob", f"{link('bob', 'BOB')} and {link('bob', 'Bob')}"),
    ("@anna.k", link("Anna.K", "anna.k")),
    ("@x_y-z!", f"{link('x_y-z')}!"),
    ("@x\\_y-z", link("x_y-z")),
    ("@bob.", f"{BOB}."),
    ("@bob...", f"{BOB}..."),
    ("@bob-", f"{BOB}-"),
    ("(@bob)", f"({BOB})"),
    ("@bob, @bob; @bob: @bob? @bob!", f"{BOB}, {BOB}; {BOB}: {BOB}? {BOB}!"),
    ("@bob's", f"{BOB}'s"),
    ('"@bob"', f'"{BOB}"'),
    ("„@bob“ «@bob» …@bob—@bob", f"„{BOB}“ «{BOB}» …{BOB}—{BOB}"),
    ("*@bob*", f"<em>{BOB}</em>"),
    ("_@bob_", f"<em>{BOB}</em>"),
    ("**@bob** ~~@bob~~", f"<strong>{BOB}</strong> <del>{BOB}</del>"),
    ("one\n@bob\ntwo", f"one\n{BOB}\ntwo"),
    ("<b>@bob</b>", f"&lt;b&gt;{BOB}&lt;/b&gt;"),
    ("\\@bob &#64;bob", f"{BOB} {BOB}"),
    ("@bob/@bob", f"{BOB}/@bob"),
    ("@nobody @bob", f"@nobody {BOB}"),
]
"""Typed, and what the paragraph is."""

LEFT = [
    "@nobody",
    "@bo",
    "@paul",
    "@BOBBY",
    "me@bob",
    "me.@bob",
    "me+tag-@bob",
    "@bob@social.example",
    "@bob.smith@social.example",
    "@@bob",
    "@bobé",
    "é@bob",
    "я@bob",
    "http://a.example/@bob",
    "a.example/@bob",
    "@ bob",
    "＠bob",
    "`@bob`",
    "[@bob](http://a.example)",
    "[x @bob y](/u/bob)",
    "<http://a.example/@bob>",
    "    @bob",
    "```\n@bob\n```",
    "~~~ @bob\n@bob\n~~~",
    "![@bob](http://a.example/x.png)",
    '[x](http://a.example "@bob")',
    "[@bob]\n\n[@bob]: http://a.example",
    "x[^@bob]\n\n[^@bob]: y",
]
"""Words, addresses, links, code, and names that nobody has."""


@pytest.mark.parametrize(("typed", "html"), LINKED)
def test_a_name_that_exists_is_a_link(typed: str, html: str) -> None:
    assert render(typed, "t", known=KNOWN) == f"<p>{html}</p>\n"
    assert typed_names(typed), "who may be mentioned is looked up before"


@pytest.mark.parametrize("typed", LEFT)
def test_nothing_else_is(typed: str) -> None:
    html = render(typed, "t", known=KNOWN)
    assert "mention" not in html
    assert html == render(typed, "t")
    assert mentioned_in(html) == ()


PLACES = [
    "# @bob",
    "> @bob",
    "- @bob",
    "1. @bob",
    "- [x] @bob",
    "| @bob |\n|---|\n| x |",
    "| x |\n|---|\n| @bob |",
    "x[^1]\n\n[^1]: @bob",
    "@bob\n===",
    "> - > @bob",
    "x  \n@bob",
]


@pytest.mark.parametrize("typed", PLACES)
def test_in_every_place_of_a_text(typed: str) -> None:
    html = render(typed, "t", known=KNOWN)
    assert BOB in html
    assert mentioned_in(html) == ("bob",)
    assert typed_names(typed) == ("bob",)
    assert plain(html) == plain(render(typed, "t"))


def test_whoever_is_linked_was_looked_up() -> None:
    for typed in [*(typed for typed, _ in LINKED), *LEFT, *PLACES]:
        wanted = {name.lower() for name in mentioned_in(render(typed, "t", known=KNOWN))}
        assert wanted <= set(typed_names(typed)), typed


def test_who_is_mentioned_is_said_once_as_they_write_themselves() -> None:
    html = render("@anna.k @bob @Anna.K `@x_y-z`", "t", known=KNOWN)
    assert mentioned_in(html) == ("Anna.K", "bob")


def test_most_texts_ask_for_nobody() -> None:
    assert typed_names("Write to me@example.org, or don't. 5 @ 3 €, @ all, @a") == ()
    assert typed_names("@bob. @Bob") == ("bob.", "bob")
    assert typed_names(f"@{'a' * 31} @{'.' * 40}bob") == ()


def test_a_post_mentions_so_many_and_no_more() -> None:
    names = [f"name{number}" for number in range(MOST_NAMES + 5)]
    typed = " ".join(f"@{name}" for name in names)
    assert typed_names(typed) == tuple(names[:MOST_NAMES])
    html = render("@bob " * (MOST_LINKS + 50), "t", known=KNOWN)
    assert html.count('class="mention"') == MOST_LINKS


def test_nobody_can_forge_a_mention() -> None:
    typed = [
        '<a href="/u/bob" class="mention">@bob</a>',
        '[@bob](/u/bob "mention")',
        "[x](/u/bob){.mention}",
        '[x](</u/bob" class="mention>)',
        '`<a href="/u/bob" class="mention">`',
        '&lt;a href="/u/bob" class="mention"&gt;',
    ]
    for text in typed:
        assert mentioned_in(render(text, "t")) == (), text


def test_what_mentions_is_safe_wherever_it_stands() -> None:
    """The whole corpus of attempts at script, with a mention before, behind and in the middle of each."""
    for attempt in CORPUS:
        for typed in (
            f"@bob {attempt}",
            f"{attempt} @bob",
            attempt.replace("x", "@bob"),
            attempt.replace("(", "(@bob"),
        ):
            assert_inert(render(typed, "own", known=KNOWN))


@pytest.mark.parametrize("name", ['b"o', "b'o", "<b>", "a b", "a/b", "..", "javascript:x"])
def test_a_name_that_no_account_can_have_is_no_link(name: str) -> None:
    assert "mention" not in render(f"@{name} @{name}", "t", known=frozenset({name}))


BOMBS = [
    "@a",
    "@bob",
    "@bob ",
    "@bob.",
    "@.",
    "@",
    "@bob@",
    "@bob_",
    "_@bob_",
    "*@bob*",
    "@bob`",
    "`@bob",
    "@\\",
    "\\@bob",
    "[@bob](",
    "@bob&",
    "<@bob>",
    "> @bob\n",
    "|@bob",
    "@bob\n\n",
    "@bo-b.",
    "@" + "a" * 29 + " ",
]


@pytest.mark.parametrize("piece", BOMBS)
def test_no_text_takes_long(piece: str) -> None:
    typed = (piece * (LIMIT // len(piece) + 1))[:LIMIT]
    for text in (typed, "@" + typed.replace("@", "")[: LIMIT - 1]):
        began = time.process_time()
        html = render(text, "t", known=KNOWN)
        mentioned_in(html)
        typed_names(text)
        assert time.process_time() - began < 1
        assert len(html) < 500_000
