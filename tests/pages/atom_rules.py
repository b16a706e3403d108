"""The rules of the Atom Syndication Format (RFC 4287, and RFC 4685 for answers), asked of a document.

Each remark names the section that is broken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
THREADING = "{http://purl.org/syndication/thread/1.0}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RULES: dict[str, dict[str, tuple[int, int | None]]] = {
    "feed": {
        "id": (1, 1), "title": (1, 1), "updated": (1, 1), "subtitle": (0, 1), "generator": (0, 1), "rights": (0, 1),
        "icon": (0, 1), "logo": (0, 1), "link": (1, None), "category": (0, None), "author": (0, None),
        "contributor": (0, None), "entry": (0, None),
    },
    "entry": {
        "id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "content": (1, 1), "summary": (0, 1),
        "rights": (0, 1), "source": (0, 1), "author": (1, None), "link": (1, None), "category": (0, None),
        "contributor": (0, None), "in-reply-to": (0, None),
    },
}  # fmt: skip
"""How often each element may stand in another (4.1.1, 4.1.2); each entry has an author, since our feeds have none."""


@dataclass(frozen=True)
class Entry:
    """An entry as a feed reader takes it."""

    id: str
    title: str
    url: str
    author: str
    html: str
    published: datetime
    updated: datetime
    categories: dict[str, str]
    element: Element


def read(document: bytes) -> tuple[Element, list[Entry]]:
    """The document, which keeps every rule, and its entries; an AssertionError says which rules it breaks."""
    root = ElementTree.fromstring(document)
    broken = list(remarks(root))
    assert not broken, "\n".join(broken)
    return root, [_entry(element) for element in root.findall(f"{ATOM}entry")]


def _entry(element: Element) -> Entry:
    return Entry(
        said(element, "id"), said(element, "title"), links(element, "alternate")[0], said(element, "author/name"),
        said(element, "content"), moment(said(element, "published")), moment(said(element, "updated")),
        {each.attrib["scheme"]: each.attrib["term"] for each in element.findall(f"{ATOM}category")}, element,
    )  # fmt: skip


def said(element: Element, path: str) -> str:
    """The text of the only element at this path."""
    found = element.findall("/".join(f"{ATOM}{name}" for name in path.split("/")))
    assert len(found) == 1, f"{len(found)} × {path}"
    return found[0].text or ""


def links(element: Element, relation: str) -> list[str]:
    """The addresses of this relation."""
    return [each.attrib["href"] for each in element.findall(f"{ATOM}link") if each.attrib["rel"] == relation]


def moment(text: str) -> datetime:
    """A date construct (section 3.3)."""
    assert DATE.fullmatch(text), text
    return datetime.fromisoformat(text)


def remarks(root: Element) -> Iterator[str]:
    """What the document does that the format forbids."""
    if root.tag != f"{ATOM}feed":
        yield f"the document is a {root.tag} (4.1.1)"
    yield from _parts(root, "feed")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        yield from _parts(entry, "entry")
        yield from _content(entry)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries have one id (4.2.6)"
    if not [link for link in links(root, "self") if link == root.findtext(f"{ATOM}id")]:
        yield "the feed's id is not its own address, as ours is"


def _parts(element: Element, name: str) -> Iterator[str]:
    """The elements in a feed or an entry."""
    rules = RULES[name]
    known = {f"{THREADING if part == 'in-reply-to' else ATOM}{part}" for part in rules}
    yield from (f"{child.tag} in {name}" for child in element if child.tag not in known)
    for part, (least, most) in rules.items():
        count = len(element.findall(f"{ATOM}{part}"))
        if count < least or (most is not None and count > most):
            yield f"{count} × {part} in {name} (4.1)"
    yield from _addresses(element)
    for tag in ("updated", "published"):
        yield from (f"{each.text} is no date (3.3)" for each in element.findall(f"{ATOM}{tag}") if not _dated(each))
    for each in element.findall(f"{ATOM}author"):
        if not (each.findtext(f"{ATOM}name") or "").strip():
            yield "an author without a name (3.2.1)"


def _addresses(element: Element) -> Iterator[str]:
    """The addresses in a feed or an entry, and the words they are filed under."""
    addresses = [element.findtext(f"{ATOM}id") or "", *(link.get("href", "") for link in element.iter(f"{ATOM}link"))]
    yield from (f"{address!r} is no absolute address (4.2.6, 4.2.7)" for address in addresses if not _absolute(address))
    alternates = [(each.get("type"), each.get("hreflang")) for each in element.findall(f"{ATOM}link[@rel='alternate']")]
    if len(set(alternates)) < len(alternates) or not alternates:
        yield "not one alternate of each kind (4.1.1, 4.1.2)"
    for each in element.findall(f"{ATOM}category"):
        if not each.get("term") or not _absolute(each.get("scheme", "")):
            yield "a category without a term, or with an odd scheme (4.2.2)"
    for each in element.findall(f"{THREADING}in-reply-to"):
        if not _absolute(each.get("ref", "")):
            yield "an answer to nothing (RFC 4685, 3)"


def _dated(element: Element) -> bool:
    return bool(DATE.fullmatch(element.text or "")) and datetime.fromisoformat(element.text or "").tzinfo is not None


def _absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"{}|\\^`]", address)


def _content(entry: Element) -> Iterator[str]:
    """The HTML of an entry: no child elements, only what a reader may show, every address whole (3.1.1.2, 4.1.3)."""
    (content,) = entry.findall(f"{ATOM}content")
    if content.get("type") != "html" or len(content):
        yield "content that is not escaped HTML (4.1.3)"
    reader = Addresses()
    reader.feed(content.text or "")
    yield from (f"a relative address in the text: {each}" for each in reader.found if not _whole(each))
    yield from (f"<{tag}> in the text" for tag in reader.tags & {"script", "style", "iframe", "img", "form", "input"})


def _whole(address: str) -> bool:
    return urlsplit(address).scheme in ("http", "https", "mailto")


class Addresses(HTMLParser):
    """Collects a text's tags and the addresses in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note them."""
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
