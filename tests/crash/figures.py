"""The figures of one run, and every broken promise in words."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Verdict:
    """What was counted; `wrong` is empty when every promise was kept.

    `told` and `letters` are (event, person) pairs that the books demand; `either` those where a deed raced with the
    telling or the sending, so that both outcomes are right. Repeats are letters that the server took once more under
    the same Message-ID: because it lost its own answer, because nobody read it, or because its reader was killed.
    """

    acknowledged: int = 0
    unanswered: int = 0
    stored: int = 0
    retried: int = 0
    told: int = 0
    told_either: int = 0
    never_told: int = 0
    letters: int = 0
    letters_either: int = 0
    kept_back: int = 0
    accepted: int = 0
    letters_with_several: int = 0
    repeats_answer_lost: int = 0
    repeats_answer_unread: int = 0
    repeats_killed: int = 0
    no_longer_wanted_though_taken: int = 0
    revived: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def expect_once(self, what: str, found: Counter[Any], expected: set[Any]) -> None:
        """Everything expected was found once, and nothing else was found."""
        self.blame(f"{what} missing", expected - set(found))
        self.blame(f"{what} unexpected", set(found) - expected)
        self.blame(f"{what} more than once", {one for one, count in found.items() if count > 1})

    def blame(self, what: str, those: set[Any]) -> None:
        """Write down what is wrong, with some of those where it is."""
        if those:
            self.wrong.append(f"{what}: {len(those)}, such as {sorted(those, key=str)[:3]}")
