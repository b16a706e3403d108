"""Markdown as the page shows it: what is supported, how it is fitted, and that no input is slow or fails."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.kit.text import plain, render
from service.kit.text.render import sanitise

pytestmark = pytest.mark.no_database
LIMIT = 32_000


def fill(piece: str, before: str = "") -> str:
    """`piece` again and again up to the limit of a body."""
    return (before + piece * (LIMIT // len(piece) + 1))[:LIMIT]


BOMBS = {
    "quotes in one line": fill(">"),
    "quotes with blanks": fill("> "),
    "quotes in lists": fill("> - "),
    "lists in quotes": fill("- > "),
    "numbered lists in quotes": fill("> 1. "),
    "lists in one line": fill("- "),
    "numbered lists in one line": fill("1. "),
    "lists, deeper every line": "".join(" " * depth + "- a\n" for depth in range(250))[:LIMIT],
    "staircase of quotes": "".join(">" * depth + "a\n\n" for depth in range(250))[:LIMIT],
    "opening brackets": fill("["),
    "closing brackets": fill("]"),
    "brackets in brackets": "[" * (LIMIT // 2) + "]" * (LIMIT // 2),
    "opening parentheses": fill("(", "[a]("),
    "links without end": fill("[a]("),
    "links in links": fill("[a](b", "[" * 1000),
    "many links": fill("[a](b)"),
    "images without end": fill("!["),
    "images in images": "![" * 10_000 + "](a)" * 3_000,
    "titles without end": fill('[a](b "'),
    "stars and words": fill("*a "),
    "stars and lines": fill("*a_b "),
    "stars in stars": "*" * (LIMIT // 2) + "a" + "*" * (LIMIT // 2 - 1),
    "under and over": fill("*_"),
    "one emphasis in another": fill("**a *b "),
    "strikes": fill("~~a "),
    "table of one line": fill("|a"),
    "table of empty cells": "|a" * 50 + "\n" + "|-" * 50 + "\n" + "|b\n" * 10_000,
    "table of columns": "|" * 8_000 + "\n" + "-|" * 8_000 + "\n" + "|\n" * 7_000,
    "table rows": fill("|x|\n", "|a|\n|-|\n"),
    "footnotes": "".join(f"[^{n}]\n\n[^{n}]: a\n\n" for n in range(1_200)),
    "one footnote, many references": fill("[^a] ", "[^a]: x\n\n"),
    "footnotes in footnotes": fill("[^a]: "),
    "footnotes that name each other": "".join(f"[^{n}]: [^{n + 1}]\n\n" for n in range(2_000)),
    "backticks, ever longer": "".join("`" * length + " " for length in range(250)),
    "backticks": fill("` "),
    "fences": fill("```\n"),
    "entities": fill("&amp;"),
    "numbered entities": fill("&#0;"),
    "half entities": fill("&#x"),
    "reference definitions": "".join(f"[{n}]: x\n" for n in range(2_500)),
    "one long reference, often used": ("[a]: " + "x" * 10_000 + "\n" + "[a]" * 7_000)[:LIMIT],
    "addresses": fill("http://a.b "),
    "one address of dots": fill("a.", "http://"),
    "www": fill("www."),
    "half mail addresses": fill("a@b."),
    "mail address of hyphens": fill("a.b-c@"),
    "tags": fill("<a "),
    "comments": fill("<!--"),
    "declarations": fill("<![CDATA["),
    "instructions": fill("<?"),
    "divs": fill("<div>"),
    "angle brackets": fill("<"),
    "headings": fill("#\n"),
    "underlined headings": fill("a\n-\n"),
    "hard breaks": fill("a  \n"),
    "backslashes": fill("\\"),
    "tasks": fill("- [ ] a\n"),
    "quotation marks": fill('"'),
    "empty lines": fill("\n"),
    "tabs": fill("\t"),
    "blanks": fill(" "),
    "Chinese": fill("你"),
    "combining marks": fill("\u0301", "a"),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_no_text_of_the_greatest_length_is_slow_or_explodes(bomb: str) -> None:
    """RELIABILITY promise 13: written and shown in less than 2 s, with little memory."""
    text = bomb[:LIMIT]
    began = time.perf_counter()
    html = render(text, "own")
    assert plain(html) is not None
    assert time.perf_counter() - began < 2
    assert len(html) < 1_000_000
    assert sanitise(html, "own") == html


def test_what_is_nested_too_deep_keeps_its_text() -> None:
    html = render(">" * 500 + " far down", "own")
    assert html.count("<blockquote>") == html.count("</blockquote>") == 32
    assert "far down" in html


def test_what_grows_too_large_is_shown_as_it_was_typed() -> None:
    text = BOMBS["table of empty cells"][:LIMIT]
    assert plain(render(text, "own")) == text.strip()


def test_commonmark_and_the_named_extensions() -> None:
    assert render("*a* **b** `c`", "t") == "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"
    assert render("~~gone~~", "t") == "<p><del>gone</del></p>\n"
    assert render("5. five", "t") == '<ol start="5">\n<li>five</li>\n</ol>\n'
    assert "<blockquote>" in render("> said", "t")
    assert 'href="http://www.a.example"' in render("see www.a.example", "t")


def test_a_tasks_box_says_what_it_is() -> None:
    """A reader of the screen hears "Done" and not the name of a character; nothing can be ticked in a stored text."""
    done, to_do = (f'<span class="box" role="img" aria-label="{name}">{box}</span>' for name, box in BOXES)
    assert render("- [x] fed\n- [ ] washed", "t") == f"<ul>\n<li>{done} fed</li>\n<li>{to_do} washed</li>\n</ul>\n"
    assert f"<p>{done} fed</p>" in render("- [x] fed\n\n  with milk", "t")
    assert plain(render("- [ ] washed", "t")) == "- ☐ washed"


BOXES = [("Done", "☑"), ("To do", "☐")]


def test_html_is_shown_as_it_was_typed() -> None:
    """A reader who types List<T> or a tag loses nothing: it is text, not markup and not a comment about it."""
    assert render("a <b onclick=x>b</b>", "t") == "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"
    assert plain(render("<div>\nList<T>\n</div>", "t")) == "<div> List<T> </div>"


def test_code_and_tables_can_be_scrolled_from_the_keyboard() -> None:
    assert render("```py\nx < 1\n```", "t") == ('<pre tabindex="0"><code class="language-py">x &lt; 1\n</code></pre>\n')
    table = render("| a | b |\n|:--|--:|\n| 1 | 2 |", "t")
    assert '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>' in table
    assert table.rstrip().endswith("</table></div>")
    assert '<td align="right">2</td>' in table


def test_headings_stand_below_the_pages_own_and_skip_none() -> None:
    text = "### first\n# second\n### third\n## fourth\n###### fifth"
    assert [line[1:3] for line in render(text, "t").splitlines()] == ["h3", "h3", "h4", "h4", "h5"]
    assert [line[1:3] for line in render(text, "t", level=2).splitlines()] == ["h2", "h2", "h3", "h3", "h4"]
    deep = "\n".join("#" * level + " x" for level in range(1, 7))
    assert [line[1:3] for line in render(deep, "t", level=4).splitlines()] == ["h4", "h5", "h6", "h6", "h6", "h6"]


def test_headings_are_marked_by_their_words() -> None:
    html = render("# What *it* cost[^1]\n\n# What it cost\n\n# …\n\n# Ёлка №1\n\n[^1]: x", "r1")
    assert re.findall(r'<h3 id="(.*?)"', html) == [
        "r1-h-what-it-cost", "r1-h-what-it-cost-2", "r1-h-section", "r1-h-ёлка-no1",
    ]  # fmt: skip


def test_a_heading_cannot_take_a_mark_that_is_no_headings() -> None:
    for mark in ("fn-1", "thoughts", "r1-thoughts", "h-a b", 'h-a"b', "h-A", "h-" + "x" * 101, "r2-h-a"):
        assert "id=" not in sanitise(f"<h3 id='{mark}'>x</h3>", "r1")
    for tag in ("p", "a", "li", "div", "section"):
        assert "id=" not in sanitise(f'<{tag} id="h-a">x</{tag}>', "r1")
    assert sanitise('<h3 id="h-a">x</h3>', "r1") == '<h3 id="r1-h-a">x</h3>'


def test_footnotes_of_two_posts_never_share_an_id() -> None:
    one, two = (render("x[^1] y[^1]\n\n[^1]: note", token) for token in ("r1", "r2"))
    assert 'href="#r1-fn-1" id="r1-fnref-1"' in one
    assert '<li id="r1-fn-1">' in one
    assert 'aria-label="Back to reference 1-2"' in one
    assert two == one.replace("r1-", "r2-")


def test_footnotes_are_marked_by_their_numbers() -> None:
    """By their names the second reference to `a` and the first one to `a-2` were one mark."""
    html = render('x[^a] y[^a] z[^a-2] “[^é"]”\n\n[^a]: one\n[^a-2]: two\n[^é"]: three', "r1")
    marks = re.findall(r' id="(.*?)"', html)
    assert len(set(marks)) == len(marks)
    assert {"r1-fn-1", "r1-fn-2", "r1-fn-3", "r1-fnref-1", "r1-fnref-1-2", "r1-fnref-2", "r1-fnref-3"} == set(marks)
    assert set(re.findall(r'href="#(.*?)"', html)) == set(marks)


def test_a_footnote_cannot_take_another_posts_id() -> None:
    html = render("x[^r2-fn-1]\n\n[^r2-fn-1]: y [z](#r2-fn-1)", "r1")
    assert 'id="r2-' not in html
    assert 'href="#r2-' not in html


def test_an_image_is_a_link_and_loads_nothing() -> None:
    assert "<img" not in render("![a cat](https://a.example/cat.png)", "t")
    assert '<a href="https://a.example/cat.png" rel="ugc nofollow noopener">a cat</a>' in render(
        '![a *cat*](https://a.example/cat.png "t")', "t"
    )
    assert ">image</a>" in render("![](https://a.example/cat.png)", "t")
    nested = render("[![a cat](https://a.example/cat.png)](https://b.example)", "t")
    assert nested == '<p><a href="https://b.example" rel="ugc nofollow noopener">a cat</a></p>\n'


def test_a_link_always_has_words() -> None:
    assert render("[](/t/1) [ ](/t/2)", "t") == "<p>[](/t/1) [ ](/t/2)</p>\n"


def test_plain_text_reads_like_a_letter() -> None:
    table, code = "| x | y |\n|---|---|\n| 1 | 2 |", "```\nif:\n    go\n```"
    html = render(f"# Title\n\nOne\ntwo  \nthree\n\n- a\n- b\n\n{table}\n\n{code}", "t")
    assert plain(html) == "Title\n\nOne two\nthree\n\n- a\n- b\n\nx y\n1 2\n\nif:\n    go"
    assert plain(html, most=20) == "Title One two three…"
    assert plain("<p>short</p>", most=20) == "short"
    assert plain("<p>" + "x" * 30 + "</p>", most=20) == "x" * 19 + "…"


@pytest.mark.parametrize("token", ["", "a b", 'a"b', "x" * 65, "é"])
def test_a_token_that_could_leave_its_attribute_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        render("x", token)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="*_`[]()<>!#-+.:|~^&;\\\"'\n\t a1http:/@wx", max_size=300))
def test_any_text_renders_and_is_already_clean(text: str) -> None:
    html = render(text, "own")
    assert sanitise(html, "own") == html
    assert isinstance(plain(html), str)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["# a", "## a", "> # a", "- # b", "[^a]", "[^a-2]", "[^1]", "x[^A]", "# y[^1]"]), max_size=12
    ),
    st.sampled_from(["", "\n\n[^a]: one[^1]\n\n[^a-2]: two\n\n[^1]: three[^a]"]),
)
def test_no_mark_stands_twice_and_every_note_is_linked(lines: list[str], notes: str) -> None:
    html = render("\n\n".join(lines) + notes, "own")
    marks = re.findall(r' id="(.*?)"', html)
    assert len(set(marks)) == len(marks)
    assert set(re.findall(r'href="#(.*?)"', html)) <= set(marks)
