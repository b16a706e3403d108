"""What a text may hold, and how titles and names are folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.kit.text import check_text, fold, slugify, username_key

pytestmark = pytest.mark.no_database


def title(value: str) -> str:
    return check_text(value, name="title", lines=False, most=200)


def body(value: str) -> str:
    return check_text(value, name="body", lines=True, most=32_000)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  On closing  ", "On closing"),
        ("cafe\u0301", "café"),
        ("\u3000全角\u3000", "全角"),
        ("עברית \u200f!", "עברית \u200f!"),
        ("👩\u200d🚀 flies", "👩\u200d🚀 flies"),
        ("Robert'); DROP TABLE threads;--", "Robert'); DROP TABLE threads;--"),
        ("undefined", "undefined"),
        ("<b>", "<b>"),
    ],
)
def test_a_title_is_kept_as_it_was_meant(typed: str, stored: str) -> None:
    assert title(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "a\x00b", "a\x01b", "a\x1bb", "a\x7fb", "a\x9bb",  # controls
        "a\ud800b", "\udfff",  # halves of a pair
        "a\nb", "a\rb", "a\tb", "a\x85b", "a\u2028b", "a\u2029b",  # a title is one line
        "a\u202eb", "a\u202ab", "a\u2066b", "a\u2069b",  # turns its neighbours around
        "", " ", "\n\n", "\u200b", "\u00ad\u2060", "\u0301", "\ufeff",  # nothing to see
        "x" * 201,
        "\ufb2c" * 100,  # three characters each once normalised
    ],
)  # fmt: skip
def test_a_title_that_no_title_may_be_is_refused_by_name(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^title "):
        title(typed)


def test_the_length_is_counted_after_trimming_and_nothing_is_cut() -> None:
    assert title(" " + "x" * 200 + " ") == "x" * 200
    with pytest.raises(ValueError, match="title has 201 characters; at most 200 are allowed"):
        title("x" * 201)
    with pytest.raises(ValueError, match="needs at least 3"):
        check_text("ab", name="username", lines=False, least=3, most=30)
    assert check_text("  ", name="note", lines=False, least=0, most=10) == ""


def test_a_body_has_lines_and_keeps_its_first_indentation() -> None:
    assert body("a\r\nb\rc\x85d\n") == "a\nb\nc\nd"
    assert body("\n \n    code\n\ttab\n\n") == "    code\n\ttab"
    assert body("a\u202eb\u2028c") == "a\u202eb\u2028c"


@pytest.mark.parametrize("typed", ["", "\n \n", "a\x00", "a\x0bb", "a\x0cb", "a\ud800", "\u200b\n\u200b", "x" * 32_001])
def test_a_body_that_no_body_may_be_is_refused_by_name(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^body "):
        body(typed)


@given(st.text(max_size=200))
def test_what_is_taken_is_taken_again_unchanged(typed: str) -> None:
    try:
        once = body(typed)
    except ValueError:
        return
    assert body(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode()


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Hello, World! Don’t panic", "hello-world-dont-panic"),
        ("Café résumé", "cafe-resume"),
        ("Привет, мир", "привет-мир"),
        ("हिन्दी में", "हिन्दी-में"),
        ("日本語 スレッド", "日本語-スレッド"),
        ("ﬁne ² Ⅳ", "fine-2-iv"),
        ("C++ / C#", "c-c"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", "thread"),
        ("\u0301", "thread"),
        ("a" * 100, "a" * 80),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_a_slug_can_be_read(typed: str, slug: str) -> None:
    assert slugify(typed) == slug


@given(st.text(max_size=200))
def test_a_slug_is_one_segment_of_an_address(typed: str) -> None:
    slug = slugify(typed)
    assert 1 <= len(slug) <= 80
    assert not set(slug) & set("/?#%&<>\"' \n.")
    assert slug.strip("-") == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [("Alice", "aLICE"), ("paul", "PauI"), ("paul", "pau1"), ("bob0", "BobO"), ("morn", "mom"), ("I1l", "lll")],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    assert username_key(one) == username_key(other)


@pytest.mark.parametrize(("one", "other"), [("alice", "bob"), ("a.b", "a_b"), ("ann", "anna"), ("5am", "sam")])
def test_names_that_differ_stay_two(one: str, other: str) -> None:
    assert username_key(one) != username_key(other)


def test_folding_joins_what_matching_should_join() -> None:
    assert fold("Straße") == fold("STRASSE")
    assert fold("ﬁ①Å") == "fi1å"


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
