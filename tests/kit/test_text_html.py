"""HTML from elsewhere: it reads as it did, it is well formed and safe, and no text makes it slow or large."""

import re
from html import unescape

import pytest

from service.kit.text import plain
from service.kit.text.html import MOST_TAGS, absolute_links, render_html
from service.kit.text.html.safe import TAGS, sanitise
from service.kit.text.shape import LONGEST
from tests.kit.test_text_safety import MARKUP
from tests.pages.reading import parse

pytestmark = pytest.mark.no_database
REL = ' rel="ugc nofollow noopener"'

READS = {
    "One\n\nTwo": "<p>One</p><p>Two</p>",
    "One\ntwo": "<p>One<br>two</p>",
    "One<br />\ntwo<br><br>three": "<p>One<br>two</p><p>three</p>",
    "<b>One\n\ntwo</b> three": "<p><b>One</b></p><p><b>two</b> three</p>",
    "<p>One<p>two</p>three": "<p>One</p><p>two</p><p>three</p>",
    "<p>&nbsp;</p><p></p>One": "<p>One</p>",
    "<div>One<div>two</div>three</div>": "<p>One</p><p>two</p><p>three</p>",
    "<b><i>One</b> two</i>": "<p><b><i>One</i></b><i> two</i></p>",
    "<em></em><strong> </strong>One": "<p>One</p>",
    "A &lt;b&gt; &amp; &copy; 5 < 6": "<p>A &lt;b&gt; &amp; © 5 &lt; 6</p>",
    "One <b": "<p>One &lt;b</p>",
    "One <!-- hidden --> two<!-- to the end": "<p>One two</p>",
    "<!-- wp:paragraph -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->": "<p>One two</p>",
    "<h1>A</h1><h4>B</h4><h2>C</h2>": '<h2 id="own-h-a">A</h2><h3 id="own-h-b">B</h3><h3 id="own-h-c">C</h3>',
    "<h2>One<h2>Two": '<h2 id="own-h-one">One</h2><h2 id="own-h-two">Two</h2>',
    "<blockquote>One\n\ntwo</blockquote>three": "<blockquote><p>One</p><p>two</p></blockquote><p>three</p>",
    "<pre>\n  One\n\n  <b>two</b></pre>": '<pre tabindex="0">  One\n\n  <b>two</b></pre>',
    "<ul>\n<li>One\n<li>two\n</ul>\n": "<ul><li>One</li><li>two</li></ul>",
    "<ul><li>One</li><ul><li>in</li></ul><li>two</li></ul>": "<ul><li>One<ul><li>in</li></ul></li><li>two</li></ul>",
    "<ul>stray<li>One</ul><li>alone": "<ul><li>stray</li><li>One</li></ul><p>alone</p>",
    '<ol start="3" reversed><li value="9">One</ol>': '<ol start="3" reversed=""><li value="9">One</li></ol>',
    "<dl><dt>Map<dd>A claim.<dd>A tool.</dl>": "<dl><dt>Map</dt><dd>A claim.</dd><dd>A tool.</dd></dl>",
    "<dd>alone": "<p>alone</p>",
    "<hr>One<hr/>": "<hr><p>One</p><hr>",
    "<details><summary>More</summary>One</details>": "<details><summary>More</summary><p>One</p></details>",
    '<abbr title="Paris">P</abbr> <tt>x</tt> <strike>y</strike> <span style="color:red">z</span>':
        '<p><abbr title="Paris">P</abbr> <code>x</code> <s>y</s> z</p>',
    '<a href="https://e.org/?a=1&amp;b=2">there</a>': f'<p><a href="https://e.org/?a=1&amp;b=2"{REL}>there</a></p>',
    "See https://e.org/a_(b). Or not": f'<p>See <a href="https://e.org/a_(b)"{REL}>https://e.org/a_(b)</a>. Or not</p>',
    "<code>https://e.org</code>": "<p><code>https://e.org</code></p>",
    '<a href="javascript:alert(1)">a</a> <a href="data:x">b</a> <a href=" java&#10;script:x">c</a>': "<p>a b c</p>",
    '<a href="https://e.org"></a>One': "<p>One</p>",
    '<a href="/a">one</a><a href="/b">two</a>': f'<p><a href="/a"{REL}>one</a> <a href="/b"{REL}>two</a></p>',
    '<img src="https://e.org/map.png" alt="A map">': f'<p><a href="https://e.org/map.png"{REL}>A map</a></p>',
    '<img src="https://e.org/a/map.png">': f'<p><a href="https://e.org/a/map.png"{REL}>image (map.png)</a></p>',
    '<a href="https://e.org"><img src="x.png" alt="A map"></a>': f'<p><a href="https://e.org"{REL}>A map</a></p>',
    '<img src="data:image/png;base64,AAAA">': "<p>image</p>",
    '<img src="https://e.org/p.gif" width="1" height="1">One': "<p>One</p>",
    'Ha <img class="wp-smiley" src="https://e.org/s.png" alt=":-)">': "<p>Ha :-)</p>",
    '<iframe src="https://e.org/v">old</iframe>': f'<p><a href="https://e.org/v"{REL}>embedded (e.org)</a></p>',
    '<video src="https://e.org/f.mp4">old</video>': f'<p><a href="https://e.org/f.mp4"{REL}>video (f.mp4)</a></p>',
    '<audio><source src="https://e.org/f.ogg"></audio>': f'<p><a href="https://e.org/f.ogg"{REL}>audio (f.ogg)</a></p>',
    '[caption id="a" width="300"]<img src="https://e.org/m.png" alt="A map"> In <em>1812</em>[/caption]':
        f'<figure><a href="https://e.org/m.png"{REL}>A map</a><figcaption>In <em>1812</em></figcaption></figure>',
    '[caption caption="In 1812"]<img src="https://e.org/m.png" alt="A map">[/caption]':
        f'<figure><a href="https://e.org/m.png"{REL}>A map</a><figcaption>In 1812</figcaption></figure>',
    '[audio mp3="https://e.org/f.mp3"][/audio]': f'<p><a href="https://e.org/f.mp3"{REL}>audio (f.mp3)</a></p>',
    "[embed]https://e.org/v[/embed]": f'<p><a href="https://e.org/v"{REL}>https://e.org/v</a></p>',
    '[gallery ids="1,2"]': "<p><em>A gallery of pictures stood here.</em></p>",
    "[[gallery]] and [unknown x=1]": "<p>[gallery] and [unknown x=1]</p>",
    '<a name="r" href="#f">1</a> <a href="#none">2</a><p id="f">A note. <a href="#r">Up</a>':
        f'<p><a href="#own-at-f"{REL}><span id="own-at-r"></span>1</a> 2</p>'
        f'<p><span id="own-at-f"></span>A note. <a href="#own-at-r"{REL}>Up</a></p>',
    "": "",
}  # fmt: skip
"""What a blog's text says, and how it reads here (line ends between blocks left out)."""


def shown(html: str) -> str:
    """The text as a page of the opening post shows it, without the line ends between blocks."""
    return re.sub(r">\n(?=<|$)", ">", render_html(html, "own", level=2))


@pytest.mark.parametrize(("html", "expected"), READS.items(), ids=[repr(html)[:60] for html in READS])
def test_a_text_reads_as_it_did(html: str, expected: str) -> None:
    assert shown(html) == expected


def test_a_table_keeps_its_parts_and_scrolls_alone() -> None:
    page = parse(shown('<table><caption>Cost</caption><tr><th></th><th>1812<td colspan="2">x<tfoot><tr><td>y</table>z'))
    box = page.one("div", class_="scroll")
    assert box.attributes["tabindex"] == "0"
    assert [each.tag for each in page.one("table").all() if each.tag in ("caption", "tbody", "tfoot")] == [
        "caption", "tbody", "tfoot",
    ]  # fmt: skip
    assert len(page.all("th")) == 1, "an empty heading cell is no heading"
    assert page.one("td", colspan="2").text == "x"
    assert page.one("p").text == "z"


def test_relative_addresses_lead_to_the_blog_and_nothing_else_changes() -> None:
    text = (
        '<a class=x href="../b/?q=1&amp;r" >b</a> '
        "<IMG src='i.png'>\n<a href=\"#x\">x</a> <a href=https://e.org>e</a> [c]"
    )
    assert absolute_links(text, "https://blog.example.org/2012/post/") == (
        '<a class=x href="https://blog.example.org/2012/b/?q=1&amp;r" >b</a> '
        '<IMG src="https://blog.example.org/2012/post/i.png">\n<a href="#x">x</a> <a href=https://e.org>e</a> [c]'
    )
    assert absolute_links('<a href="//[">', "https://e.org/") == '<a href="//[">'
    assert absolute_links("<a href=/x>", "nowhere") == "<a href=/x>"


def test_words_of_an_imported_text_stand_in_mails_and_excerpts() -> None:
    html = render_html("<dl><dt>Map<dd>A claim.</dl><figure><img alt='Paris' src='/p.png'><figcaption>1812", "own")
    assert plain(html).split("\n") == ["Map", "", "A claim.", "", "Paris", "", "1812"]


def judge(html: str) -> None:
    """What stands in a page has only known elements and attributes, and only addresses that run nothing."""
    for element in parse(html).all():
        assert element.tag in TAGS, element.tag
        for name, value in element.attributes.items():
            assert not name.startswith("on"), name
            assert name not in ("style", "src", "srcset", "action", "formaction"), name
            if name == "href":
                assert re.match(r"https?://|mailto:|/(?![/\\])|#", value, re.IGNORECASE), value


@pytest.mark.parametrize("attempt", MARKUP)
def test_no_script_comes_from_elsewhere(attempt: str) -> None:
    for text in (
        attempt,
        f"x {attempt} y",
        f"<ul><li>{attempt}</ul>",
        f"<pre>{attempt}</pre>",
        f"[caption]{attempt}[/caption]",
    ):
        html = render_html(text, "own")
        judge(html)
        assert sanitise(html, "own") == html, "sanitising again changes nothing"


BOMBS = {
    "nested boxes": "<div>" * 200_000,
    "nested quotes": "<blockquote>" * 24_000 + "x",
    "nested tables": "<table><tr><td>" * 16_000 + "x",
    "nested lists": "<ul><li>" * 24_000 + "x",
    "nested bold": "<b>" * 49_000 + "x",
    "bold in every paragraph": "".join(f"<b class={n}><p>x" for n in range(24_000)),
    "many paragraphs in a link": f"<a href=https://e.org/{'y' * 2000}>" + "a\n\n" * 300_000,
    "misnested": "<b><i>x</b></i>" * 12_000,
    "brackets": "<" * 1_000_000,
    "unclosed quotes": '<a b="' * 160_000,
    "unclosed comments": "<!--" * 250_000,
    "unclosed captions": "[caption]" * 110_000,
    "captions": "[caption]<img src=http://x/y>z[/caption]" * 25_000,
    "attributes": "<a " + "x=1 " * 240_000 + ">t",
    "addresses": "http://x.org/a " * 66_000,
    "brackets after an address": "http://x.org/" + ")" * 900_000,
    "blank lines": "a\n\n" * 330_000,
    "unclosed scripts": "<script>" * 120_000,
    "entities": "&amp;" * 200_000,
    "bare entities": "&" * 1_000_000,
    "no-break spaces": "\u00a0x" * 500_000,
    "cells": "<table>" + "<td>" * 49_000,
    "blanks": " " * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_becomes_larger_than_its_measure(name: str) -> None:
    text = BOMBS[name][:1_000_000]
    assert len(render_html(text, "own")) <= 2 * (LONGEST + 5 * len(text))


@pytest.mark.parametrize("typed", ["&amp; ", "&", "&nbsp;x ", "&#160;", "a &lt; b &amp;", "\u00a0x\u00a0"])
def test_nothing_is_lost_of_a_long_text_that_is_sanitised_in_parts(typed: str) -> None:
    words = "x" + typed * 9_001 + "x"
    assert unescape(render_html(f"<pre>{words}</pre>", "own")) == f'<pre tabindex="0">{unescape(words)}</pre>\n'


def test_more_tags_than_any_text_has_are_shown_as_they_were_typed() -> None:
    html = render_html("<b>x</b>" * MOST_TAGS, "own")
    assert html.startswith('<pre tabindex="0"><code>&lt;b&gt;x&lt;/b&gt;')


def test_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="token"):
        render_html("x", "no token")
