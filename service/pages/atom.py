"""Feeds as XML: the Atom Syndication Format (RFC 4287) with its threading extension (RFC 4685).

The document is built as a tree, so that no text can end an element or begin one.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from service.pages.rendering import rfc3339
from service.pages.views.feeds import Category, Entry, Feed

MEDIA_TYPE: Final = "application/atom+xml"
ATOM: Final = "http://www.w3.org/2005/Atom"
THREADING: Final = "http://purl.org/syndication/thread/1.0"

NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped (section 2.2, `Char`)."""


def to_xml(feed: Feed) -> bytes:
    """The feed as a document in UTF-8."""
    root = Element("feed", {"xmlns": ATOM, "xmlns:thr": THREADING, "xml:lang": "en"})
    _say(root, "id", feed.self_url)
    _say(root, "title", feed.title)
    if feed.subtitle:
        _say(root, "subtitle", feed.subtitle)
    _say(root, "updated", rfc3339(feed.updated))
    _link(root, "self", feed.self_url, MEDIA_TYPE)
    _link(root, "alternate", feed.url, "text/html")
    _say(root, "generator", "Parley")
    _sort(root, feed.categories)
    for entry in feed.entries:
        _write(SubElement(root, "entry"), entry)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _write(element: Element, entry: Entry) -> None:
    """One entry, its parts in the order that RFC 4287 section 4.1.2 names them in examples."""
    _say(element, "id", entry.id)
    _say(element, "title", entry.title)
    _link(element, "alternate", entry.url, "text/html")
    if entry.replies_url:
        _link(element, "replies", entry.replies_url, MEDIA_TYPE)
    if entry.answers:
        SubElement(element, "thr:in-reply-to", ref=entry.answers)
    _say(element, "published", rfc3339(entry.published))
    _say(element, "updated", rfc3339(entry.updated))
    author = SubElement(element, "author")
    _say(author, "name", entry.author)
    if entry.author_url:
        _say(author, "uri", entry.author_url)
    _sort(element, entry.categories)
    _say(element, "content", entry.html, type="html")


def _say(parent: Element, name: str, text: str, **attributes: str) -> None:
    """A child element with this text."""
    SubElement(parent, name, attributes).text = _storable(text)


def _link(parent: Element, relation: str, url: str, media_type: str) -> None:
    SubElement(parent, "link", rel=relation, type=media_type, href=url)


def _sort(parent: Element, categories: tuple[Category, ...]) -> None:
    """The words that an entry or a feed is filed under."""
    for each in categories:
        SubElement(parent, "category", term=_storable(each.term), label=_storable(each.label), scheme=each.scheme)


def _storable(text: str) -> str:
    """The text with U+FFFD in place of what XML cannot hold: an import may have brought it."""
    return NOT_IN_XML.sub("\ufffd", text)
