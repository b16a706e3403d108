"""The list of contents: which texts have one, and what stands in it."""

import time

import pytest

from service.kit.text import contents, render

pytestmark = pytest.mark.no_database
LONG = "Nobody had counted them. " * 130
SECTIONS = "# One\n\n## Two *and a half*[^1]\n\n# Three & four\n\n[^1]: a note\n\n"


def of(text: str, level: int = 2) -> list[tuple[int, str, str]]:
    return contents(render(text, "own", level=level))


def test_a_long_text_with_three_headings_has_contents() -> None:
    assert of(SECTIONS + LONG) == [
        (2, "own-h-one", "One"),
        (3, "own-h-two-and-a-half", "Two and a half"),
        (2, "own-h-three-four", "Three & four"),
    ]


@pytest.mark.parametrize("text", ["", LONG, SECTIONS, "# One\n\n## Two\n\n" + LONG], ids=lambda text: text[:10])
def test_a_short_text_or_one_with_fewer_headings_has_none(text: str) -> None:
    assert of(text) == []


def test_it_is_the_readers_text_that_counts_and_not_its_marks() -> None:
    links = "[a](https://example.org/a/rather/long/address/that/nobody/reads) " * 60
    assert len(render(links, "own")) > 3_000
    assert of(SECTIONS + links) == []


def test_headings_of_quotations_lists_and_notes_are_left_out() -> None:
    others = "> # Quoted\n\n- # Listed\n\n1. x\n\n   # In an item\n\ny[^2]\n\n[^2]: # Noted\n\n"
    assert [words for _, _, words in of(others + SECTIONS + LONG)] == ["One", "Two and a half", "Three & four"]


def test_a_headings_words_are_text_and_not_too_many() -> None:
    (first, *_) = of("# `<b>` & <i>so</i>\n\n" + SECTIONS + LONG)
    assert first == (2, "own-h-b-i-so-i", "<b> & <i>so</i>")
    (long, *_) = of(f"# {'word ' * 100}\n\n" + SECTIONS + LONG)
    assert len(long[2]) <= 121
    assert long[2].endswith("word…")


def test_of_too_many_headings_the_deepest_are_left_out() -> None:
    text = "# a\n\n" * 40 + "# b\n\n" + "## c\n\n" * 70 + LONG
    assert {level for level, _, _ in of(text)} == {2}
    assert len(of(text)) == 41
    assert of("# a\n\n" * 101 + LONG) == []


@pytest.mark.parametrize("piece", ["# a\n", "#\n", "a\n-\n", "# [^1]\n", "> # a\n\n", "# \\<h2\n"])
def test_no_text_makes_it_slow(piece: str) -> None:
    html = render((piece * 16_000)[:32_000], "own", level=2)
    began = time.perf_counter()
    contents(html)
    assert time.perf_counter() - began < 2
