"""The oracle says "either" only where a deed raced with what it decides, and the judge finds what is wrong."""

import pytest

from tests.crash.facts import Brought
from tests.crash.figures import Verdict
from tests.crash.letters import judge_letters, judge_repeats
from tests.crash.mail import Taken
from tests.crash.oracle import Change, Timeline, Told, World

pytestmark = pytest.mark.no_database
EVENT = Told(7, 1, "bob", "cafe", 100, 110)


def world(**facts: Timeline) -> World:
    """Alice watches thread 1, which anybody sees; `level`, `mail` and `read` are facts about her."""
    found = World({1: "general"}, frozenset({"ada"}))
    found.levels["alice", 1] = facts.get("level", Timeline("watching"))
    found.mail["alice"] = facts.get("mail", Timeline(True))
    found.read["alice", 7] = facts.get("read", Timeline(False))
    return found


def changed(begun: float, done: float, value: object, first: object) -> Timeline:
    """A fact that changes once."""
    return Timeline(first, [Change(begun, done, value)])


def taken(
    began: float, *, number: int = 1, answered: bool = True, message_id: str = "<7@a>", after: float = 0.1
) -> Taken:
    """A line of the mail server's book: a letter to alice about the reply, taken so long `after` its beginning."""
    letter = "Content-Type: text/plain\r\n\r\nMarker cafe\r\n"
    return Taken(number, began, "kind", message_id, "alice@example.org", began + after, answered, letter)


def judged(facts: World, book: list[Taken], state: str = "sent", ended: float = 121) -> Verdict:
    """The verdict on alice's letters, when she was told at 100–110."""
    verdict, record = Verdict(), Brought("alice", 7, state, "because", "<7@a>", ended)
    judge_letters(verdict, facts, [EVENT], {("alice", 7)}, book, [record], kills=[])
    return verdict


@pytest.mark.parametrize(
    ("begun", "done", "expected"),
    [(90, 95, {False}), (95, 105, {True, False}), (104, 106, {True, False}), (111, 112, {True})],
)
def test_who_mutes_is_told_if_it_came_after(begun: float, done: float, expected: set[bool]) -> None:
    assert world(level=changed(begun, done, "muted", "watching")).told("alice", EVENT) == expected


def test_nobody_is_told_of_their_own_or_of_what_they_may_not_see() -> None:
    facts = world()
    facts.levels["bob", 1] = facts.levels["ada", 1] = Timeline("watching")
    facts.visibility["general"] = changed(10, 20, "staff", "public")
    assert facts.told("bob", EVENT) == {False}
    assert facts.told("alice", EVENT) == {False}
    assert facts.told("ada", EVENT) == {True}


def test_a_letter_that_was_wanted_and_came_is_right() -> None:
    verdict = judged(world(), [taken(120)])
    assert verdict.wrong == []
    assert (verdict.letters, verdict.accepted) == (1, 1)


def test_a_letter_that_never_came_is_found() -> None:
    assert "no letter to alice" in judged(world(), [], state="skipped").wrong[0]


def test_a_letter_after_it_was_read_is_found_unless_it_was_on_its_way() -> None:
    long_before, meanwhile = changed(112, 113, True, False), changed(119, 119.5, True, False)
    assert "not wanted" in judged(world(read=long_before), [taken(140)]).wrong[0]
    assert judged(world(read=meanwhile), [taken(120)]).wrong == []
    assert judged(world(read=long_before), [], state="skipped").wrong == []


def test_a_second_letter_and_a_record_that_lies_are_found() -> None:
    twice = judged(world(), [taken(120), taken(121, message_id="<8@a>")])
    assert any("two letters" in words for words in twice.wrong)
    assert any("never taken" in words for words in judged(world(), []).wrong)


def test_a_repeat_needs_a_lost_answer_or_a_kill() -> None:
    lost, unread, killed, none = (Verdict() for _ in range(4))
    judge_repeats(lost, [taken(120, answered=False), taken(125, number=2)], {2}, [])
    judge_repeats(unread, [taken(120), taken(125, number=2)], {2}, [])
    judge_repeats(killed, [taken(120), taken(125, number=2)], {1, 2}, [121])
    judge_repeats(none, [taken(120), taken(125, number=2)], {1, 2}, [126])
    assert (lost.repeats_answer_lost, unread.repeats_answer_unread, killed.repeats_killed) == (1, 1, 1)
    assert lost.wrong == unread.wrong == killed.wrong == []
    assert "for no reason" in none.wrong[0]


@pytest.mark.parametrize(
    "lines",
    [
        [taken(119.95), taken(125, number=2)],  # what it had sent was taken, and it did not hear of it
        [taken(125, number=2), taken(119.95, after=7)],  # what it had not sent yet was taken when it woke
    ],
)
def test_a_worker_held_in_the_middle_of_a_sending_is_a_reason(lines: list[Taken]) -> None:
    held, elsewhere = Verdict(), Verdict()
    judge_repeats(held, lines, {1, 2}, [120, 126.5])
    judge_repeats(elsewhere, lines, {1, 2}, [119, 127.5])
    assert (held.repeats_killed, held.wrong) == (1, [])
    assert len(elsewhere.wrong) == 1
