"""Texts made comparable against disguise: compatibility forms, letter case, what nobody sees, and look-alikes.

A list of words says `viagra`; people type `ＶＩＡＧＲＡ`, `v1agra`, `viаgra` with a Cyrillic а, or put characters of no
width between its letters. Both sides are folded here, and a place in the folded text is found again in the typed one.

The table of look-alikes is that of UTS #39 (Unicode Security Mechanisms, section 4), as the package
`confusable_homoglyphs` brings it; decision 0015 says why that one.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Final

from service.kit.text.names import fold

DIGITS: Final = bytes.maketrans(b"01i|", b"olll")
"""The ASCII part, after case-folding: 0→O, 1→l, I→l and |→l in UTS #39; since "I" looks like "l", so must "i"."""

PAIR: Final = ("rn", "m")
"""UTS #39 has m→rn. The other way round is the same to whoever compares two folded texts, and keeps their length."""

VISIBLE_MARKS: Final = "\u200e\u200f"
"""What the table's package writes around letters that run from right to left."""

IGNORED: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u200e\u200f\u202a\u202b"
    "\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
    "\u3164\ufeff\uffa0"
)
INVISIBLE: Final = dict.fromkeys(
    [*map(ord, IGNORED), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)]
)
"""Characters that show nothing: Default_Ignorable_Code_Point of Unicode, which a reader cannot tell from none."""


@cache
def look_alikes() -> dict[int, str]:
    """What each character looks like, but for those of ASCII and those that NFKC replaces before. Read once, when the
    first text needs it (15 ms).

    The package's file lists for each character those that it can be taken for, in both directions. One with a single
    partner that has more of them looks like that partner; of a pair that has nobody else either stands for both.
    """
    path = files("confusable_homoglyphs").joinpath("confusables.json")
    listed = json.loads(path.read_text(encoding="utf-8"))
    partners = {bare(name): [bare(each["c"]) for each in found] for name, found in listed.items()}
    table = {}
    for name, found in partners.items():
        if len(name) != 1 or name.isascii() or len(found) != 1 or unicodedata.normalize("NFKC", name) != name:
            continue
        likes = unicodedata.normalize("NFKC", found[0])
        if likes != name and (len(partners.get(found[0], ())) > 1 or likes < name):
            table[ord(name)] = likes.replace(*PAIR)
    return table


def bare(name: str) -> str:
    """A character of the table without the marks that its file puts around some."""
    return name if name in VISIBLE_MARKS else name.strip(VISIBLE_MARKS)


def shown(text: str) -> str:
    """The text without what nobody sees."""
    return text if text.isascii() else text.translate(INVISIBLE)


def folded(text: str) -> str:
    """Only what is one under any typing: no invisible characters, NFKC, case-folded."""
    return text.lower() if text.isascii() else fold(shown(text))


def in_latin(text: str) -> str:
    """As `folded`, with what looks like another letter as that letter; ASCII stays as it is."""
    if text.isascii():
        return text.lower()
    return fold(unicodedata.normalize("NFKC", shown(text)).translate(look_alikes()))


def keyed(text: str) -> str:
    """A folded text with its look-alikes settled, those of ASCII too; `rn` is settled by `settled`."""
    if not text.isascii():
        text = text.translate(look_alikes()).casefold()
    return text.encode("utf-8").translate(DIGITS).decode("utf-8")


def settled(key: str) -> str:
    """The last step of a key: letters that look like one together."""
    return key.replace(*PAIR)


def lower_key(text: str) -> str:
    """What a text is compared by when its small letters are read; `settled` is not done yet."""
    return keyed(folded(text))


def upper_key(text: str) -> str:
    """What a text is compared by when its letters are read as they are typed: `В` is a B, though `в` is none."""
    return keyed(in_latin(text))


def keys_of(text: str) -> tuple[str, ...]:
    """What a text is compared by. Two texts may be taken for each other when they share one: the first is without
    letter case, whatever the script; the second reads capitals as the Latin ones that they look like.
    """
    first = settled(lower_key(text))
    if text.isascii():
        return (first,)
    second = settled(upper_key(text))
    return (first,) if second == first else (first, second)


def text_mark(text: str) -> int:
    """A number by which the same text is known again, however its letters, spaces and line ends are disguised: 64 bits,
    with their sign, as a BIGINT takes them.
    """
    key = " ".join(settled(lower_key(text)).split())
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True)
class Disguised:
    """A text that is searched, folded once for all who search it."""

    typed: str

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """See `keys_of`."""
        return keys_of(self.typed)

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """What expressions are searched in, which say themselves what they take for equal in ASCII."""
        first, second = folded(self.typed), in_latin(self.typed)
        return (first,) if first == second else (first, second)

    def key_span(self, which: int, start: int, end: int) -> tuple[int, int]:
        """Where a place of `keys[which]` stands in the typed text."""
        return span_in(self.typed, (lower_key, upper_key)[which], start, end, pairs=True)

    def reading_span(self, which: int, start: int, end: int) -> tuple[int, int]:
        """Where a place of `readings[which]` stands in the typed text."""
        return span_in(self.typed, (folded, in_latin)[which], start, end, pairs=False)


def span_in(typed: str, make: Callable[[str], str], start: int, end: int, *, pairs: bool) -> tuple[int, int]:
    """The place in the typed text of which this fold made [start, end); with `pairs`, after `settled`.

    Letters with the marks on them are folded one after the other; where that gives another text than folding all at
    once, the place is the whole text.
    """
    whole = make(typed)
    places: list[tuple[int, int]] = []
    if typed.isascii():
        places = [(at, at + 1) for at in range(len(typed))]
    else:
        made: list[str] = []
        for begin, stop in pairwise([*clusters(typed), len(typed)]):
            made.append(make(typed[begin:stop]))
            places += [(begin, stop)] * len(made[-1])
        if "".join(made) != whole:
            return 0, len(typed)
    if pairs:
        places = _without_pairs(whole, places)
    return places[start][0], places[end - 1][1]


def _without_pairs(whole: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places after two letters became one, which stands where both stood."""
    left: list[tuple[int, int]] = []
    for at, place in enumerate(places):
        if at and whole[at - 1 : at + 1] == PAIR[0]:
            left[-1] = (left[-1][0], place[1])
        else:
            left.append(place)
    return left


def clusters(text: str) -> list[int]:
    """Where each letter begins, the marks on it and what nobody sees belonging to it."""
    return [
        at
        for at, character in enumerate(text)
        if at == 0 or not (unicodedata.combining(character) or ord(character) in INVISIBLE or is_jamo(character))
    ]


def is_jamo(character: str) -> bool:
    """Whether this is a part of a Korean syllable that joins the part before it (UAX #15)."""
    return "\u1160" <= character <= "\u11ff"
