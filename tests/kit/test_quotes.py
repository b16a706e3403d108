"""Which posts a rendered text quotes."""

import pytest

from service.kit.text import quoted_in, render
from service.kit.text.quotes import MOST_QUOTES

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("> [x](/t/1/slug#reply-3):\n>\n> words", [(1, 3)]),
        ("> [x](/t/1/slug?page=2#reply-53): words", [(1, 53)]),
        ("> [x](/t/1): words", [(1, 0)]),
        ("> [x](/t/1/slug) and [y](/t/2/slug#reply-1)", [(1, 0), (2, 1)]),
        ("> > [x](/t/1/slug#reply-3) deep\n>\n> [x](/t/1/slug#reply-3) again", [(1, 3)]),
        ("> quoted\n\n[x](/t/1/slug#reply-3)", []),
        ("[x](/t/1/slug#reply-3)\n\n> quoted", []),
        ("> [x](https://elsewhere.test/t/1/slug#reply-3)", []),
        ("> [x](/t/1/slug#sources) and [y](/tags/1) and [z](/t/x)", []),
        ("> `[x](/t/1/slug#reply-3)`", []),
        ("> <a href=\"/t/1/slug#reply-3\">", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_quote_is_a_blockquote_with_a_link(markdown: str, found: list[tuple[int, int]]) -> None:
    assert list(quoted_in(render(markdown, "token"))) == found


def test_a_text_quotes_so_many_and_no_more() -> None:
    many = "\n".join(f"> [x](/t/1/s#reply-{number})" for number in range(1, 60))
    assert quoted_in(render(many, "token")) == tuple((1, number) for number in range(1, MOST_QUOTES + 1))
