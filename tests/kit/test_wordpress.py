"""Export files: what is read of them, what is refused and where, and how much memory they take."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.kit.wordpress import LONGEST, Broken, Export, Post
from tests.transfer.exports import HEAD, SOURCE, blog, comment, post

pytestmark = pytest.mark.no_database


def export(folder: Path, text: str | bytes) -> Export:
    """An export file of this text."""
    path = folder / "export.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Export(path)


def read(folder: Path, text: str | bytes) -> list[tuple[Post, list[tuple[str, str]]]]:
    """Every post, with its comments' authors and texts: they wait only until the next post is asked for."""
    return [(post, [post.comments.words(each) for each in post.comments]) for post in export(folder, text).posts()]


def test_a_post_and_its_comments_are_read(tmp_path: Path) -> None:
    found = export(tmp_path, blog(post(7, "Text.", comment(3, "Words.", parent=2, status="0"), sticky=1)))
    (item,) = (post for post in found.posts() if post.comments.words(post.comments.heads[0]) == ("Tomasz", "Words."))
    assert (item.id, item.kind, item.title, item.login, item.text) == (7, "post", "Post 7", "ines", "Text.")
    assert item.at == datetime(2012, 11, 5, 3, 12, 44, tzinfo=UTC)
    assert (item.comments_open, item.protected, item.sticky) == (True, False, True)
    assert [(term.domain, term.slug, term.name) for term in item.terms] == [("category", "maps", "Maps & plans")]
    assert [(each.id, each.parent, each.status) for each in item.comments] == [(3, 2, "0")]
    assert found.blog.url == SOURCE
    assert found.blog.authors == {"ines": "Inês Duarte"}
    assert found.blog.categories == {"maps": ("Maps & plans", "What is drawn, and what is not.")}


def test_every_version_of_the_format_and_every_usual_encoding_is_read(tmp_path: Path) -> None:
    whole = blog(post(1, "Größe", comment(1)))
    for text in (
        whole.replace("http://wordpress.org/export/1.2/", "http://wordpress.org/export/1.0/"),
        whole.replace("http://wordpress.org/export/", "https://wordpress.org/export/"),
        whole.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        whole.replace("UTF-8", "UTF-16").encode("utf-16"),
    ):
        ((item, words),) = read(tmp_path, text)
        assert (item.id, item.text, words) == (1, "Größe", [("Tomasz", "Who paid for it?")])


def test_a_text_that_is_too_long_is_known_to_be_so(tmp_path: Path) -> None:
    long = "x" * (LONGEST + 1)
    items = read(tmp_path, blog(post(1, long, comment(1, long)), post(2, "x" * LONGEST)))
    assert items[0][0].text is None
    assert [each.sized for each in items[0][0].comments] == [False]
    assert items[1][0].text is not None


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "a truncated file": (blog(post(1))[:-40], "Line 28: "),
    "a stray ampersand": (blog(post(1)).replace("Post 1", "Maps & plans"), "Line 15: not well-formed"),
    "a control character": (blog(post(1, "a \x08 map")), "Line 18: not well-formed"),
    "an end tag too many": (blog(post(1) + "</item>"), "Line 30: mismatched tag"),
    "nothing": ("", "Line 1: no element found"),
    "no XML": ("INSERT INTO posts", "Line 1: "),
    "another encoding than it says": (blog(post(1, "ö")).encode("latin-1"), "Line 11: not well-formed"),
    "an encoding that nobody knows": (blog(post(1)).replace("UTF-8", "KLINGON"), "Line 1: "),
    "a web page": ("<html><body><p>Not here</p></body></html>", "Line 1: this is no WordPress export"),
    "another feed": ("<rss><channel><item><title>x</title></item></channel></rss>", "Line 1: this is no WordPress"),
    "a document type": (
        '<?xml version="1.0"?>\n<!DOCTYPE rss SYSTEM "http://e.org/x.dtd">\n<rss/>',
        "Line 2: a document",
    ),
    "an entity": (
        '<?xml version="1.0"?>\n<!DOCTYPE r [\n<!ENTITY a "aaa">]>\n<rss>&a;</rss>',
        "Line 2: a document type",
    ),
    "an outside entity": (HEAD.format(source=SOURCE) + "&somewhere;", "Line 14: undefined entity"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, words = BROKEN[name]
    with pytest.raises(Broken, match=words):
        read(tmp_path, text)


GENERATE = """
import sys
from tests.transfer.exports import HEAD, SOURCE, TAIL, comment, post
path, posts, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(path, "w") as file:
    file.write(HEAD.format(source=SOURCE))
    for number in range(1, posts + 1):
        first = number * each
        begun = post(number, "A sentence about the archive. " * 60)
        file.write(begun.removesuffix("</item>\\n"))
        for key in range(first, first + each):
            file.write(comment(key, "I remember it otherwise. " * 20, parent=key - 1 if key % 3 else 0))
        file.write("</item>\\n")
    file.write(TAIL)
"""
DRY_RUN = """
import re, sys
from pathlib import Path
from service.cli import app
try:
    app(["import", "wordpress", sys.argv[1], "--dry-run", "--json"], standalone_mode=False)
finally:
    # Of this program alone: getrusage would count what its parent held when it was forked.
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""


@pytest.mark.parametrize(("posts", "each"), [(1, 96_000), (9_000, 10)])
def test_a_hundred_megabytes_are_read_within_three_hundred_of_memory(posts: int, each: int, tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    subprocess.run([sys.executable, "-c", GENERATE, str(path), str(posts), str(each)], check=True)
    assert path.stat().st_size > 100_000_000
    command = [sys.executable, "-c", DRY_RUN, str(path)]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PARLEY_DATA_DIR": str(tmp_path / "none")}
    )
    assert f'"found": {posts * each}' in told.stdout
    kilobytes = int(told.stderr.splitlines()[-1])
    assert kilobytes < 300_000, f"{kilobytes // 1000} MB"
