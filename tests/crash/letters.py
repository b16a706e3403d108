"""The judgement of letters: each wanted one was taken once, no other one was, and every repeat has its reason."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tests.crash.facts import Brought
from tests.crash.figures import Verdict
from tests.crash.mail import Taken
from tests.crash.oracle import Told, World

CLAIMED: Final = 15.0
"""Seconds: so long before its connection begins, at most, a letter is claimed and looked at for the last time."""

STEP: Final = 2.0
"""Seconds that one unit of work may take: its instant is that of its beginning, and what it then reads may be newer."""

Pair = tuple[str, int]
"""A person's username and a reply's id."""


def tells(book: Sequence[Taken], events: Sequence[Told]) -> dict[Pair, list[Taken]]:
    """The taken letters that tell each person of each reply: its marker stands in their text part."""
    by_marker = {event.marker: event.reply_id for event in events}
    found: dict[Pair, list[Taken]] = defaultdict(list)
    for line in book:
        if line.taken is not None:
            for word in set(line.words.split()):
                if word in by_marker:
                    found[line.username, by_marker[word]].append(line)
    return found


def judge_letters(
    verdict: Verdict,
    world: World,
    events: Sequence[Told],
    told: set[Pair],
    book: Sequence[Taken],
    deliveries: Sequence[Brought],
    kills: Sequence[float],
) -> None:
    """Every (event, person) that was told on the site has one letter, or a reason in the world to have none."""
    letters, by_pair = tells(book, events), {(one.username, one.reply_id): one for one in deliveries}
    attempts = defaultdict(list)
    for line in book:
        attempts[line.message_id].append(line.began)
    known = {event.reply_id: event for event in events}
    verdict.blame("letters about what was not told", set(letters) - told)
    for pair in sorted(told):
        person, event = pair[0], known[pair[1]]
        taken, delivery = letters.get(pair, []), by_pair.get(pair)
        ended = ((delivery.ended if delivery else None) or time.time()) + STEP
        possible = world.wanted(person, event, event.begun, ended)
        verdict.letters += possible == {True}
        verdict.letters_either += len(possible) == 2
        verdict.kept_back += possible == {False}
        if taken:
            judge_taken(verdict, world, event, taken, attempts[taken[0].message_id])
        elif False not in possible:
            verdict.wrong.append(f"no letter to {person} about reply {event.reply_id}: {delivery}")
        judge_record(verdict, pair, taken, delivery, kills)
    told_by = Counter(taken[0].message_id for taken in letters.values())
    verdict.letters_with_several = sum(count > 1 for count in told_by.values())


def judge_taken(verdict: Verdict, world: World, event: Told, taken: Sequence[Taken], attempts: Sequence[float]) -> None:
    """It is one letter, and it was wanted when it was claimed: since the attempt before it, and not long before it."""
    person, first = taken[0].username, taken[0]
    verdict.accepted += 1
    if len({line.message_id for line in taken}) > 1:
        verdict.wrong.append(
            f"two letters to {person} about reply {event.reply_id}: {[one.message_id for one in taken]}"
        )
    before = [began for began in attempts if began < first.began]
    since = max(event.begun, first.began - CLAIMED, *before)
    if True not in world.wanted(person, event, since, first.began):
        verdict.wrong.append(
            f"a letter to {person} about reply {event.reply_id} that was not wanted: {first.message_id}"
        )


def judge_record(
    verdict: Verdict, pair: Pair, taken: Sequence[Taken], delivery: Brought | None, kills: Sequence[float]
) -> None:
    """What the database says of it is what the server's book says."""
    if delivery is None:
        if taken:
            verdict.wrong.append(f"a letter to {pair} without a delivery")
        return
    if delivery.ended is None or delivery.state not in ("sent", "skipped"):
        verdict.wrong.append(f"a delivery without a good end: {delivery}")
    if delivery.state == "skipped":
        verdict.skipped[delivery.answer] += 1
        verdict.no_longer_wanted_though_taken += bool(taken)
        if not delivery.answer:
            verdict.wrong.append(f"skipped without a word: {delivery}")
    if delivery.state == "sent" and not taken:
        verdict.wrong.append(f"recorded as sent and never taken: {delivery}")
    if any(line.answered and not killed_after(line, delivery, kills) for line in taken) and delivery.state != "sent":
        verdict.wrong.append(f"taken, answered and not recorded as sent: {delivery}, {[facts(one) for one in taken]}")
    if any(line.message_id != delivery.message_id for line in taken):
        verdict.wrong.append(f"another Message-ID than {delivery}: {[line.message_id for line in taken]}")


def killed_after(line: Taken, delivery: Brought, kills: Sequence[float]) -> bool:
    """Whether somebody was killed between the letter's sending and the end on record: then the answer may be lost."""
    return any(line.began <= killed <= (delivery.ended or 0) for killed in kills)


def facts(line: Taken) -> str:
    """A line of the book without its letter."""
    return f"{line.number} {line.mood} {line.began:.3f}-{line.taken or 0:.3f} {line.answered}"


def judge_repeats(verdict: Verdict, book: Sequence[Taken], parted: set[int], kills: Sequence[float]) -> None:
    """Whatever was taken again under its Message-ID: the answer before was lost, not read, or died with its reader."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    for line in book:
        if line.taken is not None:
            taken[line.message_id].append(line)
    for message_id, lines in taken.items():
        if len({line.to for line in lines}) > 1:
            verdict.wrong.append(f"one Message-ID for several people: {message_id}")
        for line, again in pairwise(lines):
            assert line.taken is not None
            if not line.answered:
                verdict.repeats_answer_lost += 1
            elif line.number not in parted:
                verdict.repeats_answer_unread += 1
            elif any(min(line.began, again.began) <= killed <= max(line.taken, again.began) for killed in kills):
                # A worker that is held in the middle of a sending has it taken late, even after its successor's.
                verdict.repeats_killed += 1
            else:
                verdict.wrong.append(f"taken again for no reason: {message_id} at {line.taken} and {again.taken}")
