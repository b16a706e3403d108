"""Lists of words, pure: what a line matches, however the text is disguised, and where it stood as it was typed."""

import random

import pytest

from service.kit.text.hosts import hosts_in
from service.kit.text.look_alikes import Disguised, keys_of, text_mark
from service.screening.policy.words import check_lines, to_list

pytestmark = pytest.mark.no_database
LONGEST = 32_000


def find(lines: list[str], text: str) -> tuple[str, str] | None:
    """The line that matches, and the words it matched, as they were typed."""
    hit = to_list(tuple(check_lines(lines))).find(Disguised(text))
    return None if hit is None else (hit.line, text[hit.start : hit.end])


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        ("viagra", "Buy viagra!", "viagra"),
        ("viagra", "viagras", None),
        ("viagra", "_viagra_", "viagra"),
        ("Viagra", "Buy V1АGRА now", "V1АGRА"),  # Cyrillic А
        ("viagra", "x ѵі\u200bаg\u00adrа y", "ѵі\u200bаg\u00adrа"),
        ("viagra", "𝓿𝓲𝓪𝓰𝓻𝓪 ＶＩＡＧＲＡ", "𝓿𝓲𝓪𝓰𝓻𝓪"),
        ("BUY", "ВUY", "ВUY"),
        ("money", "Get rnoney.", "rnoney"),
        ("loan", "L0AN, lоan", "L0AN"),
        ("straße", "Hauptstrasse STRASSE", "STRASSE"),
        ("кредит", "КРЕДИТ!", "КРЕДИТ"),
        ("ВОДА", "пить воду, вода", "вода"),
        ("free money", "FREE -- Money", "FREE -- Money"),
        ("free money", "free the money", None),
        ("don't", "DON’T", "DON’T"),
        ("c++", "I like C++ a lot", "C++"),
        ("c++", "abc++", None),
        ("example.com", "https://example.com/x", "example.com"),
        ("example.com", "https://myexample.com/x", None),
        ("$$$", "give $$$$ me", "$$$"),
        ("~viagra", "xviagras", "viagra"),
        ("~ casino", "online casinos", " casino"),
        ("賭博", "這是賭博網站", "賭博"),
        ("คาสิโน", "เล่นคาสิโนออนไลน์", "คาสิโน"),
        ("हिन्दी", "यह हिन्दी है", "हिन्दी"),
        ("हिन", "यह हिन्दी है", None),
        (r"/v[i1]agra/", "Try V1agra", "V1agra"),
        (r"/v[i1]agra/", "Try vіagra", "vіagra"),  # Cyrillic і
        (r"/\bcasino\b/", "casinos casino", "casino"),
        (r"/(?:\d{4} ){3}\d{4}/", "card 1234 5678 9012 3456", "1234 5678 9012 3456"),
        ("/", "either/or", "/"),
    ],
)
def test_what_a_line_matches(line: str, text: str, words: str | None) -> None:
    found = find([line], text)
    assert found == (None if words is None else (line, words))
    assert find(["nothing", "~never", "/no{9}/", line], text) == found, "among others too"


def test_of_several_expressions_the_right_one_is_named() -> None:
    lines = ["/(a|b)c/", r"/x(y)z\b/", "/q+/"]
    assert [find(lines, text) for text in ("..xYz..", "bc", "xyzq", "none")] == [
        (lines[1], "xYz"), (lines[0], "bc"), (lines[2], "q"), None,
    ]  # fmt: skip


def test_a_place_is_found_again_in_any_text() -> None:
    """Whatever stands around a word, its letters and marks are given back as they were typed."""
    chance = random.Random(5)
    strange = "aé\u0301 ﬁ\u200bﷺİrn mÅ\u00ad가\u1100\u1161 Ⅷ\n*ςСо"
    for _ in range(200):
        around = ["".join(chance.choice(strange) for _ in range(chance.randint(0, 8))) for _ in range(2)]
        text = f"{around[0]} v\u200bіаgrа {around[1]}"
        found = find(["viagra"], text)
        assert found is not None
        assert found[1].strip(" \u200b\u00ad") in ("v\u200bіаgrа", text.strip(" \u200b\u00ad")), repr(text)


@pytest.mark.parametrize(
    "lines",
    [
        ["/[ab]*a[ab]{400}/"], ["/(a?){400}a{400}/"], ["/(x+x+)+y/", "/(a|aa)+$/", "/(.*)(.*)(.*)(.*)(.*)z!/"],
        ["/(?:a|b|ab){1,300}c/"], ["/x.{200}y/"], [f"/(?:a|aa)+{each}$/" for each in range(300)],
        [f"~{'ab' * 50}{each}" for each in range(1000)], [f"a{'b' * 90}{each}" for each in range(1000)],
    ],
)  # fmt: skip
def test_the_worst_patterns_end_on_the_longest_text(lines: list[str]) -> None:
    """RE2 has no exponential time, and no list outgrows its memory: what stands at the end is found all the same."""
    for text in ("a" * LONGEST, "ab" * (LONGEST // 2), "aх" * (LONGEST // 2)):
        found = find([*lines, "/canary/"], f"{text[:-7]} canary")
        assert found is not None
        assert found[0] in ("/canary/", *lines)


def test_the_same_text_is_known_again() -> None:
    assert text_mark("Viagra  now\r\n") == text_mark("vіаgrа\u200b NOW") != text_mark("viagra then")
    assert -(2**63) <= text_mark("x") < 2**63
    assert keys_of("modern") == keys_of("modem"), "UTS #39 takes rn for m"
    assert keys_of("Вода")[0] == keys_of("ВОДА")[0] == keys_of("вода")[0]


def test_whom_a_text_links_to() -> None:
    html = (
        '<p><a href="https://www.A.example:8443/x" rel="x">a</a> <a href="http://u@b.example?q">b</a> '
        '<a href="/u/bob" class="mention">@bob</a> <a href="mailto:x@c.example">c</a> <a href="https://me.example/t">me</a>'
        '<a href="https://a.example/&amp;">again</a> &lt;a href="https://no.example"&gt;</p>'
    )
    assert hosts_in(html, "me.example") == ("a.example", "b.example", "a.example")
