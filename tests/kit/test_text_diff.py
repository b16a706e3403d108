"""What an edit changed: readable for people, exact, and bounded."""

import random
import resource
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.kit.text import diff

pytestmark = pytest.mark.no_database
LIMIT = 32_000


def marked(old: str, new: str) -> str:
    """The difference as one line: [-gone-] and {+come+}."""
    frames = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(frames[kind].format(text) for kind, text in diff(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        ("a b", "a b", "a b"),
        ("", "a", "{+a+}"),
        ("a", "", "[-a-]"),
        ("He came home.", "They came home.", "[-He-]{+They+} came home."),
        ("It cost ten pounds", "It cost about ten pounds", "It cost {+about +}ten pounds"),
        ("the end", "the end.", "the end{+.+}"),
        ("a few good old men", "a few bad new men", "a few [-good old-]{+bad new+} men"),
        ("one\ntwo\nthree\n", "one\nthree\n", "one\n[-two\n-]three\n"),
        ("我是一个学生", "我不是一个学生", "我{+不+}是一个学生"),
        ("Ça va?", "Çà va?", "[-Ça-]{+Çà+} va?"),
    ],
)
def test_it_says_what_went_and_what_came(old: str, new: str, said: str) -> None:
    assert marked(old, new) == said


def test_a_moved_paragraph_is_matched_with_itself() -> None:
    first, second, third = "The first one is about a dog.\n", "The second is about a cat.\n", "The third is new.\n"
    assert marked(first + second, third + first + second) == f"{{+{third}+}}{first}{second}"
    assert marked(first + second, second) == f"[-{first}-]{second}"


def test_a_text_that_was_replaced_is_not_cut_to_confetti() -> None:
    old = "When the war ended, the men came home to the farms and found the barns empty."
    new = "A census of 1919, which no archive has kept, is cited by every one of the later authors."
    assert [kind for kind, _ in diff(old, new)] == ["removed", "added"]


@given(st.text(alphabet="ab, .\n我", max_size=60), st.text(alphabet="ab, .\n我", max_size=60))
def test_both_texts_can_be_read_out_of_it(old: str, new: str) -> None:
    parts = diff(old, new)
    assert "".join(text for kind, text in parts if kind != "added") == old
    assert "".join(text for kind, text in parts if kind != "removed") == new
    assert all(text for _, text in parts)
    assert all(one != other for (one, _), (other, _) in pairwise(parts))
    assert not any(pair == ("added", "removed") for pair in pairwise(kind for kind, _ in parts))


DICE = random.Random(1)


def thrown(letters: str, between: str = "", size: int = LIMIT) -> str:
    """A text of dice: no two are alike and everything in them is."""
    return between.join(DICE.choices(letters, k=size))[:size]


CHINESE = "".join(chr(code) for code in range(0x4E00, 0x9FFF))
HOSTILE = {
    "every character a word": (CHINESE, ""),
    "two words": ("一二", ""),
    "marks": (".,;", ""),
    "short words": ("abcdefgh", " "),
    "short lines": ("ab", "\n"),
    "one word": ("ab", ""),
}


@pytest.mark.parametrize("letters", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("size", [14_000, LIMIT, 1_000_000])
def test_no_two_texts_take_long_or_much(letters: tuple[str, str], size: int) -> None:
    """An ordinary machine takes 0.3 s for the worst of the length of a body, and 30 MB; an import may be longer."""
    old, new = thrown(*letters, size), thrown(*letters, size)
    before, began = peak(), time.perf_counter()
    parts = diff(old, new)
    assert time.perf_counter() - began < 5
    assert peak() - before < (50 if size <= LIMIT else 250)
    assert "".join(text for kind, text in parts if kind != "added") == old


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
