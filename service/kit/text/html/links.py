"""Addresses and attributes: which may stand in a page, and the words for what is not loaded into one."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

STARTS: Final = ("http://", "https://")
BARE: Final = re.compile(r"(https?://[^\s<>\"'\[\]{}|\\^`]+)", re.IGNORECASE)
STOPS: Final = frozenset(".,:;!?*_")
ALLOWED: Final = re.compile(r"(?i:https?://|mailto:)[^\s\x00-\x1f\\]+|/(?![/\\])[^\s\x00-\x1f\\]*")
UNSEEN: Final = re.compile(r"[\x00-\x1f]")
SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
MARK: Final = re.compile(r"[\w.:-]{1,80}")
KEPT: Final = {
    "ol": ("start", "reversed"),
    "li": ("value",),
    "td": ("colspan", "rowspan", "align"),
    "th": ("colspan", "rowspan", "align"),
}
LETTER: Final = re.compile(r"\b(?:wp-smiley|emoji)\b")


def split(text: str) -> list[str]:
    """The text in pieces; those that begin with `http://` or `https://` are addresses, without a sentence's end."""
    pieces: list[str] = []
    for piece in BARE.split(text):
        end = _end_of(piece) if piece.lower().startswith(STARTS) else len(piece)
        pieces += [piece[:end], piece[end:]]
    return [piece for piece in pieces if piece]


def _end_of(address: str) -> int:
    """Where an address in a sentence ends: before its stop, and before a bracket that was opened before it."""
    end, open_ones = len(address), address.count("(") - address.count(")")
    while address[end - 1] in STOPS or (address[end - 1] == ")" and open_ones < 0):
        open_ones += address[end - 1] == ")"
        end -= 1
    return end


def usable(address: str, token: str, marks: frozenset[str]) -> str:
    """The address as a link may have it; empty for one that may not be linked, or that points at nothing here.

    A place in this text becomes this post's own (`#token-at-name`). Browsers drop control characters in an address,
    so what only hides a forbidden scheme is seen through here; the sanitiser looks again.
    """
    address = UNSEEN.sub("", address.strip()).replace(" ", "%20").replace("\\", "/")
    if address.startswith("#"):
        return f"#{token}-at-{address[1:]}" if address[1:] in marks else ""
    if address.startswith("//"):
        address = f"https:{address}"
    return address if ALLOWED.fullmatch(address) else ""


def marks_of(names: Iterable[str]) -> frozenset[str]:
    """Of these ids those that a page may have."""
    return frozenset(name for name in names if MARK.fullmatch(name))


def inline_attributes(tag: str, attributes: Mapping[str, str], token: str, marks: frozenset[str]) -> str:
    """The attributes that an inline element keeps."""
    if tag == "a":
        href = usable(attributes.get("href", ""), token, marks)
        return f' href="{escape(href)}"' if href else ""
    title = attributes.get("title", "") if tag in ("abbr", "dfn") else ""
    return f' title="{escape(title)}"' if title else ""


def block_attributes(tag: str, attributes: Mapping[str, str]) -> str:
    """The attributes that a block keeps: where a list begins to count, how far a cell reaches, how it is set."""
    return "".join(f' {name}="{escape(attributes[name])}"' for name in KEPT.get(tag, ()) if name in attributes)


def is_letter(attributes: Mapping[str, str]) -> bool:
    """Whether a picture is one of WordPress's smileys or emoji: then its words are the text itself."""
    return LETTER.search(attributes.get("class", "")) is not None


def image_words(attributes: Mapping[str, str]) -> str:
    """What is said in place of a picture; nothing for one that only counts readers."""
    if attributes.get("width") in ("0", "1") and attributes.get("height") in ("0", "1"):
        return ""
    words = " ".join((attributes.get("alt") or attributes.get("title") or "").split())
    return words or file_words("image", attributes.get("src", ""))


def file_words(kind: str, address: str) -> str:
    """A kind of file with its name: `image (boat.jpg)`; with the host where the address names no file."""
    parts = urlsplit(address) if "[" not in address and "]" not in address else urlsplit("")
    name = unquote(parts.path.rpartition("/")[2], errors="replace")
    shown = name if "." in name else (parts.hostname or "")
    return f"{kind} ({shown[:80]})" if shown and parts.scheme != "data" else kind


def absolute(address: str, base: str) -> str:
    """The address seen from the page `base`; empty where it is absolute already, or points into its own text."""
    address = address.strip()
    if not address or address.startswith("#") or SCHEME.match(address) or not base.startswith(STARTS):
        return ""
    try:
        return urljoin(base, address)
    except ValueError:  # a broken host, such as `//[`
        return ""
