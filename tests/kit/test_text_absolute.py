"""A post's HTML for readers elsewhere: whole addresses, and nothing else changed."""

import pytest

from service.kit.text import render
from service.kit.text.absolute import absolute
from service.kit.text.html import render_html

pytestmark = pytest.mark.no_database
PAGE = "https://forum.example/t/1/title?page=2#reply-51"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("/t/2", "https://forum.example/t/2"),
        ("/", "https://forum.example/"),
        ("#reply-3", "https://forum.example/t/1/title?page=2#reply-3"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_an_address_becomes_whole(typed: str, address: str) -> None:
    assert f'href="{address}"' in absolute(render(f"[words](<{typed}>)", "tok"), PAGE)


def test_everything_else_stays_as_both_sanitisers_left_it() -> None:
    markdown = (
        "# Head\n\n*a* `b` ~~c~~[^1] @bob\n\n> q\n\n- [x] d\n\n3. e\n\n"
        "| f | g |\n|--:|---|\n| h | i |\n\n```py\nj\n```\n\n[^1]: k"
    )
    html = (
        '<h2>One</h2><dl><dt>a</dt><dd>b <abbr title="c">d</abbr></dd></dl><ol reversed><li value="4">e</ol>'
        '<table><caption>f</caption><tr><td colspan="2" rowspan="3">g</td></tr></table>'
        '<figure><a id="h" href="#h">i</a><figcaption>j</figcaption></figure><details><summary>k</summary>l</details>'
    )
    for made in (render(markdown, "tok", known=frozenset({"bob"})), render_html(html, "tok")):
        whole = absolute(made, PAGE)
        assert whole.replace(PAGE.partition("#")[0], "").replace("https://forum.example", "") == made
        assert absolute(whole, PAGE) == whole
        assert 'href="#' not in whole


def test_what_no_sanitiser_lets_pass_goes() -> None:
    assert absolute("<p onclick=x>a<script>b</script><img src=c></p>", PAGE) == "<p>a</p>"
