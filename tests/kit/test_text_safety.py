"""No script from user text: a corpus of attempts, judged by what a parser finds in the output."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from service.kit.text import plain, render
from service.kit.text.render import TAGS, sanitise

pytestmark = pytest.mark.no_database

ATTRIBUTES = {
    "href", "title", "rel", "id", "class", "aria-label", "role", "tabindex", "start", "align",
}  # fmt: skip
MARK_OR_CLASS = re.compile(
    r"own-fn(ref)?-[\d-]+|own-h-[^\s\x00-,.-/:-`{-\x7f]+|footnote-(ref|backref)|footnotes|mention|scroll|box|language-\S+"
)
SAFE_ADDRESS = re.compile(r"https?://|mailto:|/(?![/\\])|#(reply-\d|own-fn)", re.IGNORECASE)

MARKUP = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x20type='text/javascript'>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><a xlink:href="javascript:alert(1)"><text y=1em>x</text></a></svg>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=alert(1)>">',
    '<math href="javascript:alert(1)">x</math>',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=data:text/html,<script>alert(1)</script>>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//evil.example';</style>",
    '<div style="background:url(javascript:alert(1))">x</div>',
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x onclick=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "＜script＞alert(1)＜/script＞",
]

LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61vascript:alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](java&Tab;script&#10;:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](<\x0bjavascript:alert(1)>)",
    "[x](%6Aavascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](</\t/evil.example>)",
    "[x](blob:https://site.example/1)",
    "[x](view-source:javascript:alert(1))",
    '[x](http://a "onmouseover=alert(1) x=")',
    "[x](http://a '\"><script>alert(1)</script>')",
    '[x](http://a"onclick="alert(1))',
    "[x](<http://a onclick=alert(1)>)",
    "[x]('javascript:alert(1)')",
    "[x](http://a)<script>alert(1)</script>",
    "[<img src=x onerror=alert(1)>](http://a)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[x][r]\n\n[r]: http://a 'x\"onclick=\"alert(1)'",
    '[x][r]\n\n[r]: <data:text/html,x> ("><script>alert(1)</script>)',
    "[javascript:alert(1)]\n\n[javascript:alert(1)]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '<http://a/"onclick=alert(1)>',
    'http://a.example/"onmouseover=alert(1)//',
    "http://a.example/'><script>alert(1)</script>",
    "www.a.example/<img/src=x/onerror=alert(1)>",
    'me@a.example"onclick=alert(1)',
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://a/x.png)',
    '![x](http://a/x.png"onerror="alert(1))',
    "![x](http://a/x.png 'y\" onerror=\"alert(1)')",
    "![<script>alert(1)</script>](http://a/x.png)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
]

BLOCKS = [
    '```"><script>alert(1)</script>\nx\n```',
    "```x onclick=alert(1)\nx\n```",
    '~~~js"onload="alert(1)\n</code></pre><script>alert(1)</script>\n~~~',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    '| a" onclick="alert(1) |\n|:--|\n| [x](javascript:alert(1)) |',
    "x[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    'x[^"onclick="alert(1)]\n\n[^"onclick="alert(1)]: y',
    "x[^a]\n\n[^a]: [x](javascript:alert(1)) <img src=x onerror=alert(1)>",
    "> > <blockquote onclick=alert(1)>\n> > > [x](javascript:alert(1))",
    '> ![">](x)\n> <svg/onload=alert(1)>',
    "# <img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))\n===",
    "- [x] <input onfocus=alert(1) autofocus>\n- [ ](javascript:alert(1))",
    "1. <li onclick=alert(1)>\n   <script>alert(1)</script>",
    "<div\n\nonclick=alert(1)>\n\n**x**</div>",
    "a <b onclick=alert(1)>b</b> <i/onclick=alert(1)>c",
    "*<script>*alert(1)</script>",
    "\\<script>alert(1)\\</script>",
    '<a href="http://a" id="own-fn-1" name=body>x</a>',
]

CORPUS = MARKUP + LINKS + BLOCKS


class Reader(HTMLParser):
    """Notes every tag and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def assert_inert(html: str, attributes: set[str] = ATTRIBUTES) -> None:
    """Only listed tags and attributes, no comments or declarations, and addresses that cannot run anything."""
    seen = read(html)
    assert set(seen.tags) <= TAGS
    assert seen.others == []
    for tag, name, value in seen.attributes:
        assert name in attributes, f"{tag} {name}={value!r}"
        if name == "href":  # as a browser reads it: entities out, then blanks and controls away (URL standard 4.4)
            address = re.sub(r"[\x00-\x20]", "", unescape(value))
            assert SAFE_ADDRESS.match(address), f"{tag} {name}={value!r}"
        if name in {"id", "class"}:
            assert MARK_OR_CLASS.fullmatch(value)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(CORPUS)) >= 100


@pytest.mark.parametrize("attempt", CORPUS)
def test_nothing_active_is_left(attempt: str) -> None:
    html = render(attempt, "own")
    assert_inert(html)
    assert sanitise(html, "own") == html


FRAMES = ["> {}", "- {}", "| {} |\n|---|\n| {} |", "**{}**", "[{}](http://a)", "x[^1]\n\n[^1]: {}"]


@pytest.mark.parametrize("frame", FRAMES)
def test_nothing_active_is_left_inside_other_markdown(frame: str) -> None:
    for attempt in CORPUS:
        assert_inert(render(frame.replace("{}", attempt.replace("\n", " ")), "own"))


@pytest.mark.parametrize("attempt", [markup for markup in MARKUP if "`" not in markup])
def test_typed_html_is_shown_as_it_was_typed(attempt: str) -> None:
    html = render(f"`` {attempt} ``", "own")
    assert read(html).tags == ["p", "code"]
    assert plain(html) == " ".join(attempt.split())


def test_the_sanitiser_alone_holds_against_raw_html() -> None:
    """What if the parser let markup through? The last step must not lean on the first."""
    for attempt in MARKUP + [f"<p {attempt}>" for attempt in MARKUP]:
        assert_inert(sanitise(attempt, "own"))


def test_links_carry_their_relations_and_nothing_of_the_authors() -> None:
    html = render("[x](https://a.example/?a=b&c=d 'title') me@a.example /t/1 [y](/t/1)", "own")
    assert [value for _, name, value in read(html).attributes if name == "rel"] == ["ugc nofollow noopener"] * 3
    assert 'href="https://a.example/?a=b&amp;c=d"' in html
    assert 'href="mailto:me@a.example"' in html
    assert 'href="/t/1"' in html
    forged = sanitise('<a href="https://a.example" rel="opener" target="_top">x</a>', "own")
    assert forged == '<a href="https://a.example" rel="ugc nofollow noopener">x</a>'


def test_words_stay_words_in_plain_text() -> None:
    """An excerpt that turned entities into tags once ran script in a front page (RELIABILITY: Lobsters 2026)."""
    html = render("&lt;b&gt; `<i>` &amp;lt;script&amp;gt;", "own")
    assert plain(html) == "<b> <i> &lt;script&gt;"
