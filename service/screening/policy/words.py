"""Lists of words: a plain line is a whole word or phrase, `~part` stands anywhere, `/expression/` is an expression of
RE2, which takes time in proportion to the text, whatever the expression (https://github.com/google/re2/wiki/Syntax).

A list is made ready once and looks at a text in one pass of each kind: words by a set of their first ones, parts and
expressions by one combined automaton each, within fixed memory; only what that finds is looked for line by line.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from service.kit.lazily import lazily
from service.kit.text.look_alikes import Disguised, keys_of

re2 = lazily("re2")

MOST_LINES: Final = 1_000
MOST_LINE: Final = 500
MOST_WORDS: Final = 20
"""Words of a phrase: so far a tree of phrases is walked down at each word of a text."""

MOST_STEPS: Final = 2_500
MOST_STEPS_TOGETHER: Final = 10_000
"""How large an expression may become, and all of one list, in instructions of RE2: what it may cost at worst grows with
them (measured in decision 0015)."""

MEMORY: Final = 16 * 2**20
MEMORY_OF_ONE: Final = 2**20
"""Bytes that the automaton of one list may take, and that of one line. One that needs more is slower, and finds the
same."""

APART: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han and kana
    "\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"  # Thai to Khmer
)
"""Scripts that are written without spaces."""

WORD_OF_ASCII: Final = re.compile(r"[a-zA-Z0-9]+")
BETWEEN: Final = frozenset(" -'’")
"""What may stand between the words of a phrase as it is typed in a list; in a text anything may that is no word."""


@cache
def word() -> re.Pattern[str]:
    """A word. In scripts that are written without spaces every character is one, so that a line of several is found
    wherever they follow each other: where a word ends there, only a dictionary knows.
    """
    return re.compile(rf"[{APART}][{marks()}]*|[^\W_{APART}][^\W_{APART}{marks()}]*(?:[{marks()}]+[^\W_{APART}]*)*")


@cache
def marks() -> str:
    """The characters that belong to the letter before them, as ranges for a pattern (15 ms, once)."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code))[0] != "M":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def words_of(key: str) -> list[str]:
    """The words of a folded text, in order."""
    return (WORD_OF_ASCII if key.isascii() else word()).findall(key)


def within_words(key: str) -> bytearray:
    """Of each place in a folded text whether the characters before and after it belong to one word: 1 or 0.

    Worked out once for a text: a list may have hundreds of lines that stand in it thousands of times.
    """
    inside = bytearray(len(key) + 1)
    for found in (WORD_OF_ASCII if key.isascii() else word()).finditer(key):
        inside[found.start() + 1 : found.end()] = b"\1" * (found.end() - found.start() - 1)
    return inside


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that matched, and where in the typed text."""

    line: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """What is looked for as it stands, folded; with `whole` not within a word."""

    key: str
    line: str
    whole: bool

    def find_in(self, key: str, inside: bytearray) -> int:
        """Where it first stands; -1: nowhere. `inside` is the text's `within_words`."""
        at = key.find(self.key)
        while at >= 0 and self.whole and (inside[at] or inside[at + len(self.key)]):
            at = key.find(self.key, at + 1)
        return at


@dataclass(slots=True)
class Branch:
    """The phrases that begin with the words that led here; `line` is one that ends here, the `place`-th of the list.

    A tree: at each word of a text it is walked down once, however many phrases begin alike.
    """

    below: dict[str, "Branch"] = field(default_factory=dict)
    line: str = ""
    place: int = 0

    def grow(self, words: Sequence[str], line: str, place: int) -> None:
        """Add a phrase; of two that are the same the first one stays."""
        end = self
        for each in words:
            end = end.below.setdefault(each, Branch())
        if not end.line:
            end.line, end.place = line, place

    def find_at(self, words: Sequence[str], at: int) -> tuple[str, int] | None:
        """The phrase that begins at this word, the first in the list of those that do, and its last word's number."""
        found, branch = None, self
        for last in range(at, min(at + MOST_WORDS, len(words))):
            below = branch.below.get(words[last])
            if below is None:
                break
            branch = below
            if branch.line and (found is None or branch.place < found[0]):
                found = (branch.place, branch.line, last)
        return found and found[1:]


@dataclass(frozen=True, slots=True)
class WordList:
    """A list made ready: whole words and phrases as a tree, and what is looked for anywhere."""

    phrases: Branch
    parts: tuple[Part, ...]
    any_part: Any
    expressions: tuple[str, ...]
    any_expression: Any

    def find(self, text: Disguised) -> Hit | None:
        """The first line that matches, words before parts before expressions; None: none does."""
        return self._find_phrase(text) or self._find_part(text) or self._find_expression(text)

    def _find_phrase(self, text: Disguised) -> Hit | None:
        first = self.phrases.below
        for which, key in enumerate(text.keys if first else ()):
            words = words_of(key)
            if first.keys().isdisjoint(words):
                continue
            for at, each in enumerate(words):
                if each in first and (found := self.phrases.find_at(words, at)):
                    return _hit(text, which, key, found[0], at, found[1])
        return None

    def _find_part(self, text: Disguised) -> Hit | None:
        for which, key in enumerate(text.keys if self.parts else ()):
            if self.any_part.search(key.encode()) is None:
                continue
            inside = within_words(key)
            for part in self.parts:
                if (at := part.find_in(key, inside)) >= 0:
                    return Hit(part.line, *text.key_span(which, at, at + len(part.key)))
        return None

    def _find_expression(self, text: Disguised) -> Hit | None:
        for which, reading in enumerate(text.readings if self.expressions else ()):
            found = self.any_expression.search(reading)
            if found is not None:
                start, end = found.span()
                span = text.reading_span(which, start, end) if end > start else (0, 0)
                return Hit(self._which(reading, start, end), *span)
        return None

    def _which(self, reading: str, start: int, end: int) -> str:
        """The line that found this; the place is known, so each is tried there alone."""
        for line in self.expressions:
            if expression(line[1:-1]).fullmatch(reading, start, end) is not None:
                return line
        return self.expressions[0] if len(self.expressions) == 1 else ""


def _hit(text: Disguised, which: int, key: str, line: str, first: int, last: int) -> Hit:
    """The words from the first to the last, by their numbers."""
    pattern = WORD_OF_ASCII if key.isascii() else word()
    places = [found.span() for at, found in enumerate(pattern.finditer(key)) if at in (first, last)]
    return Hit(line, *text.key_span(which, places[0][0], places[-1][1]))


@lru_cache(maxsize=64)
def to_list(lines: tuple[str, ...]) -> WordList:
    """A list made ready, from lines that `check_lines` let pass. Kept, because other rules change more often."""
    phrases = Branch()
    parts: list[Part] = []
    expressions = tuple(line for line in lines if is_expression(line))
    for place, line in enumerate(lines):
        if is_expression(line):
            continue
        for key in keys_of(line.removeprefix("~")):
            words = tuple(words_of(key))
            if line[0] == "~" or not words or not is_plain(key, words):
                parts.append(Part(key, line, whole=line[0] != "~"))
            else:
                phrases.grow(words, line, place)
    return WordList(
        phrases, tuple(parts),
        together((re2.escape(part.key) for part in parts), folded=True) if parts else None, expressions,
        together(f"(?:{line[1:-1]})" for line in expressions) if expressions else None,
    )  # fmt: skip


def is_expression(line: str) -> bool:
    """Whether the line is one of RE2."""
    return len(line) > 2 and line[0] == line[-1] == "/"


def is_plain(key: str, words: Sequence[str]) -> bool:
    """Whether a folded line is these words, with nothing between them but spaces, hyphens and apostrophes."""
    return len(key) - sum(map(len, words)) == sum(key.count(character) for character in BETWEEN)


def is_long_phrase(key: str) -> bool:
    """Whether a folded line is a phrase of more words than a list takes."""
    words = words_of(key)
    return len(words) > MOST_WORDS and is_plain(key, words)


def options(memory: int, *, folded: bool = False) -> Any:
    """How expressions are read: without letter case, unless the text is `folded`, and within bounded memory."""
    chosen = re2.Options()
    chosen.max_mem, chosen.case_sensitive = memory, folded
    chosen.log_errors, chosen.never_capture = False, True
    return chosen


def expression(pattern: str) -> Any:
    """An expression made ready (the module keeps the last 128). Raises re2.error."""
    return re2.compile(pattern, options(MEMORY_OF_ONE))


def together(patterns: Iterable[str], *, folded: bool = False) -> Any:
    """One expression that finds what any of these would."""
    return re2.compile("|".join(patterns), options(MEMORY, folded=folded))


def check_lines(lines: list[str]) -> list[str]:
    """The lines without blank ones and without spaces around them; a ValueError names the line that cannot be used,
    and why.
    """
    steps = 0
    for place, line in enumerate(lines, 1):
        steps += check_line(place, line.strip())
        if steps > MOST_STEPS_TOGETHER:
            raise ValueError(f"the expressions up to line {place} are too large together: make a second rule")
    kept = [line.strip() for line in lines if line.strip()]
    if not kept:
        raise ValueError("must have at least one line that is not blank")
    return kept


def check_line(place: int, line: str) -> int:
    """How large the line's expression is, in RE2's instructions; 0 for a line that is none. Raises ValueError."""
    if is_expression(line):
        try:
            size = int(expression(line[1:-1]).programsize)
        except re2.error as error:
            said = error.args[0] if error.args else ""
            raise ValueError(
                f"line {place} is no expression of RE2: {said.decode() if isinstance(said, bytes) else said}"
            ) from None
        if size > MOST_STEPS:
            raise ValueError(f"line {place} is too large an expression: {size} steps, {MOST_STEPS} are allowed")
        return size
    if line and not settled_words(line):
        raise ValueError(f"line {place} has no letter, digit or sign that could be found")
    if line[:1] not in ("", "~") and any(is_long_phrase(key) for key in keys_of(line)):
        raise ValueError(f"line {place} has more than {MOST_WORDS} words")
    return 0


def settled_words(line: str) -> bool:
    """Whether anything is left of a line once it is folded."""
    return all(keys_of(line.removeprefix("~")))
