"""What may be a tag's name, and which spellings are one tag."""

import sys
import unicodedata

import pytest

from service.tags.policy import MOST_NAME, distinct, tag_name, tag_slug

pytestmark = pytest.mark.no_database

ONE_TAG = [
    ("reading-list", ["Reading list", "reading  LIST", "#reading list", "reading-list", " Reading\u00a0list "]),
    ("history", ["History", "#history", "hist\u200bory", "\uff28istory", "history!"]),
    ("strasse", ["Straße", "STRASSE"]),
    ("cafe", ["café", "cafe\u0301", "Cafe"]),
    ("c", ["C", "c"]),
    ("c-plus-plus", ["C++", "c++"]),
    ("c-sharp", ["C#"]),
    ("lgbtq-plus", ["LGBTQ+"]),
    ("obrien", ["O'Brien", "O’Brien"]),
    ("日本語", ["日本語"]),
    ("архив", ["Архив", "АРХИВ"]),
    ("2023", ["2023", "２０２３"]),
    ("thread", ["Thread"]),
]


@pytest.mark.parametrize(("slug", "spellings"), ONE_TAG)
def test_spellings_of_one_tag_have_one_slug(slug: str, spellings: list[str]) -> None:
    assert {tag_slug(tag_name(typed)) for typed in spellings} == {slug}


def test_the_first_spelling_stays_and_the_order_too() -> None:
    assert distinct(["Law", "C++", "law", "C", "LAW"]) == {"law": "Law", "c-plus-plus": "C++", "c": "C"}


@pytest.mark.parametrize(
    ("typed", "name"),
    [("  two   words ", "two words"), ("\ufb01lm", "film"), ("a\u3000b", "a b"), ("a\u1680b", "a b"),
     ("x" * 30, "x" * 30), ("می\u200cخواهم", "می\u200cخواهم")],
)  # fmt: skip
def test_a_name_is_tidied(typed: str, name: str) -> None:
    assert tag_name(typed) == name
    assert tag_name(name) == name


@pytest.mark.parametrize(
    ("typed", "rule"),
    [("", "empty"), ("   ", "empty"), ("x" * 31, "31"), ("\ufb03" * 30, "90"), ("a,b", "comma"), ("a\uff0cb", "comma"),
     ("!!!", "letter"), ("+", "letter"), ("🎉", "letter"), ("\u200b", "seen"), ("a\tb", "U+0009"), ("a\nb", "U+000A"),
     ("a\u2028b", "U+2028"), ("a\u202eb", "U+202E"), ("a\x00b", "U+0000"), ("a\x1bb", "U+001B"), ("\ud800x", "half")],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_the_rule(typed: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule.replace("+", r"\+")):
        tag_name(typed)


def test_every_character_that_may_be_a_name_gives_an_address_of_its_own_letters() -> None:
    """No name falls back on a word that slugs have for titles without letters, and tidying twice changes nothing."""
    odd = []
    for character in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(character) in ("Cs", "Cn", "Co", "Cc"):
            continue
        try:
            name = tag_name(character)
        except ValueError:
            continue
        if tag_name(name) != name or tag_slug(name) in ("", "thread") or len(name) > MOST_NAME:
            odd.append(hex(ord(character)))
    assert not odd


def test_what_can_be_no_name_has_no_slug() -> None:
    assert [tag_slug(typed) for typed in ("", "!!!", "+", "🎉")] == ["", "", "", ""]
