"""What an edit changed, word by word.

Lines are compared first, so that a paragraph is matched with its own later form and not with any that shares its small
words; then the words inside the lines that changed. Both by rapidfuzz: by the longest common subsequence, and where
that would take much memory by the edit distance of Levenshtein, which takes next to none (decision 8 measures them).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, Literal

from service.kit.lazily import lazily

rapid = lazily("rapidfuzz.distance")

Kind = Literal["same", "removed", "added"]
Part = tuple[Kind, str]
Pair = tuple[str, str]

WORD: Final = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|\w+|[^\w\s]")
"""White space, one character of a script that writes without blanks, a word, or one mark."""

MOST_EXACT: Final = 14_000**2
"""Old times new words up to which the longest common subsequence is sought: it takes an eighth of a byte for each."""

MOST_PAIRS: Final = 24_000**2
"""Old times new words (or lines) that are compared: time grows with it. Beyond that the whole counts as replaced."""

ALIKE: Final = 0.3
"""The share of the shorter text that must have stayed for a comparison by words to read better than both texts."""

GAP: Final = re.compile(r"[^\w]{1,2}")
"""What stayed between two changes and is too little to set them apart: a blank, a comma and a blank."""


def diff(old: str, new: str) -> list[Part]:
    """The parts of both texts in order: `same`, `removed` (in the old one alone), `added` (in the new one alone).

    Joined, the parts that are not `added` give the old text and those that are not `removed` the new one; what went
    stands before what came. No part is empty and no two neighbours are of one kind. Two texts of 32,000 characters
    take less than 0.5 s and 50 MB; longer ones are compared more coarsely.
    """
    return list(joined(by_lines(old, new)))


def by_lines(old: str, new: str) -> Iterator[Part]:
    """Unchanged lines as they are, changed ones by words."""
    for before, after in matched(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if before == after:
            yield "same", before
        else:
            yield from by_words(before, after)


def by_words(old: str, new: str) -> Iterator[Part]:
    """Changed lines, word by word where enough of them stayed."""
    pairs = list(matched(WORD.findall(old), WORD.findall(new)))
    stayed = sum(len(before.strip()) for before, after in pairs if before == after)
    if stayed < ALIKE * min(len(old.strip()), len(new.strip())):
        pairs = [(old, new)]
    for place, (before, after) in enumerate(pairs):
        if before == after and not (0 < place < len(pairs) - 1 and GAP.fullmatch(before)):
            yield "same", before
        else:
            yield "removed", before
            yield "added", after


def matched(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Runs of both sequences, joined: equal ones and changed ones by turns. Of a changed one a side may be empty."""
    start = alike(old, new)
    end = alike(old[start:][::-1], new[start:][::-1])
    begun, ended = "".join(old[:start]), "".join(old[len(old) - end :])
    yield begun, begun
    yield from aligned(old[start : len(old) - end], new[start : len(new) - end])
    yield ended, ended


def alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many items both sequences begin with."""
    shorter = min(len(old), len(new))
    return next((place for place in range(shorter) if old[place] != new[place]), shorter)


def aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """As `matched`, for sequences that neither begin nor end alike."""
    if len(old) * len(new) > MOST_PAIRS:
        yield "".join(old), "".join(new)
        return
    distance = rapid.LCSseq if len(old) * len(new) <= MOST_EXACT else rapid.Levenshtein
    for _, steps in groupby(distance.opcodes(old, new), key=lambda step: step.tag == "equal"):
        run = list(steps)
        first, last = run[0], run[-1]
        yield "".join(old[first.src_start : last.src_end]), "".join(new[first.dest_start : last.dest_end])


def joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Parts of one kind that follow each other as one; of a run of changes first all that went, then all that came."""
    filled = (part for part in parts if part[1])
    for unchanged, run in groupby(filled, key=lambda part: part[0] == "same"):
        texts = list(run)
        kinds: tuple[Kind, ...] = ("same",) if unchanged else ("removed", "added")
        for kind in kinds:
            if text := "".join(text for each, text in texts if each == kind):
                yield kind, text
