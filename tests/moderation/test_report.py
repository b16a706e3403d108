"""The transparency report: its figures are those that plain Python counts in the same rows, in every form."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.kit.clock import Clock, now
from service.moderation.models import Appeal, Flag
from service.screening.models import Decision
from service.screening.operations import keep
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.commands.running import parley
from tests.conftest import SECRET
from tests.moderation.doing import step
from tests.working import Jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
STEPS: Final = ("hide", "spam", "trash", "hide", None, "hide")
REASONS: Final = ("spam", "abusive", "illegal")


async def test_the_figures_are_those_of_the_rows(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, app: FastAPI, jobs: Jobs, clock: Clock,
    database_url: str,
) -> None:  # fmt: skip
    """A history with flags, steps on one's own initiative, automated ones, undoing and appeals; and one outside."""
    first, last = clock.now().date(), clock.now().date() + timedelta(days=5)
    await a_history(alice, bob, charlie, mona, ada, app, clock)
    await jobs()
    clock.offset += timedelta(days=10)
    await a_history(alice, bob, charlie, mona, ada, app, clock)
    asked = f"/api/v1/moderation/report?from={first}&to={last}"
    assert (await bob.get(asked)).status_code == 403
    assert (await mona.get(f"/api/v1/moderation/report?from={last}&to={first}")).status_code == 422
    found = (await mona.get(asked)).json()
    flags, decisions, appeals = await app.state.database.read(lambda session: rows_of(session, str(first), str(last)))
    counted = count(flags, decisions, appeals)
    assert {name: found[name] for name in counted} == counted
    assert found["restrictions"] == 8
    assert (found["automated"]["reversed"], found["appeals"]["made"]) == (1, 2)

    printed = parley(
        "moderation", "report", f"--from={first}", f"--to={last}", "--csv", database_url=database_url, secret_key=SECRET
    )
    assert printed.returncode == 0, printed.stderr
    table = list(csv.DictReader(io.StringIO(printed.stdout)))
    value = {(row["figure"], row["of"], row["ground"]): row["value"] for row in table}
    assert value["notices.raised", "abusive", ""] == str(found["notices"][1]["raised"])
    assert value["appeals.median_seconds", "", ""] == str(found["appeals"]["median_seconds"])
    assert value["automated.error_rate", "", ""] == str(found["automated"]["error_rate"])
    hides = next(row for row in found["actions"] if (row["action"], row["ground"]) == ("hide", "terms"))
    assert value["actions.after_notice", "hide", "terms"] == str(hides["after_notice"])
    assert (
        parley(
            "moderation", "report", f"--from={last}", f"--to={first}", database_url=database_url, secret_key=SECRET
        ).returncode
        == 2
    )


async def a_history(
    alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, app: FastAPI, clock: Clock
) -> None:
    """Six replies, every other one flagged; steps; one of mona's own, two of a rule's, one undone, two appealed."""
    thread = await a_thread(by=alice, title=f"A thread of {clock.now().date()}")
    for turn, action in enumerate(STEPS):
        reply = await a_reply(bob, thread, body=f"Text {turn} of {clock.now().isoformat()}")
        if turn % 2 == 0:
            for person in (alice, charlie)[: 1 + turn // 4]:
                said = {"reason": REASONS[turn // 2]}
                assert (await person.post(f"/api/v1/replies/{reply['id']}/flags", said)).status_code == 201
        clock.offset += timedelta(minutes=7 * (turn + 1))
        if action is not None:
            review = await step(mona, reply, action)
    await step(mona, await a_reply(mona, thread, body="Mine"), "hide")
    await app.state.database.write(automated, thread["id"], reply["id"], bob.id, "hide")
    await app.state.database.write(automated, thread["id"], None, bob.id, "spam")
    await app.state.database.write(automated, thread["id"], None, bob.id, "hold")
    log = (await mona.get("/api/v1/audit?limit=50")).json()["items"]
    entry = next(row for row in log if row["kind"] == "review.decided" and row["subject"]["id"] == review["id"])
    assert (await mona.post(f"/api/v1/audit/{entry['id']}/undo")).status_code == 200
    silence = await mona.put("/api/v1/accounts/charlie/suspension", {"reason": "Loud.", "silence": True})
    assert silence.status_code == 200, silence.text
    own = (await bob.get("/api/v1/decisions?limit=50")).json()["items"]
    for turn, each in enumerate([row for row in own if row["can_appeal"] and not row["decided_automatically"]][:2]):
        made = await bob.post(f"/api/v1/decisions/{each['id']}/appeal", {"reason": "Why?"})
        clock.offset += timedelta(hours=1 + turn)
        outcome = {"outcome": ("reversed", "upheld")[turn], "version": 1}
        decided = await ada.put(f"/api/v1/appeals/{made.json()['appeal']['id']}/decision", outcome)
        assert decided.status_code == 200, decided.text
    lifted = await mona.delete("/api/v1/accounts/charlie/suspension?silence=true")
    assert lifted.status_code == 204, lifted.text


def automated(session: Session, thread_id: int, reply_id: int | None, account_id: int, action: str) -> None:
    """What a rule decided."""
    keep(session, Decision(
        action=action, subject=f"reply:{reply_id}" if reply_id else f"thread:{thread_id}", thread_id=thread_id,
        reply_id=reply_id, category_id=1, account_id=account_id, automated=True, rule_id=9, rule_version=1,
        decided_at=now(session), ground="rules", undone_at=now(session) if action == "hide" else None,
    ))  # fmt: skip


def rows_of(session: Session, first: str, last: str) -> tuple[list[Flag], list[Decision], list[Appeal]]:
    """The rows themselves; of flags and appeals those made in the period."""

    def inside(at: datetime) -> bool:
        return first <= at.date().isoformat() <= last

    flags = [row for row in session.exec(select(Flag)) if inside(row.made_at)]
    appeals = [row for row in session.exec(select(Appeal)) if inside(row.made_at)]
    decisions = list(session.exec(select(Decision)))
    session.info["inside"] = {row.id for row in decisions if inside(row.decided_at)}
    for row in [*flags, *appeals, *decisions]:
        session.expunge(row)
    marked = [row for row in decisions if row.id in session.info["inside"]]
    return flags, marked, appeals


def count(flags: list[Flag], decisions: list[Decision], appeals: list[Appeal]) -> Json:
    """The same figures, counted row by row."""
    kinds = ("hide", "reject", "spam", "trash", "silence", "suspend")
    taken = [row for row in decisions if row.action in kinds and row.account_id not in (None, row.decided_by_id)]
    by_id = {row.id: row for row in decisions}

    def noticed(row: Decision) -> bool:
        same = [flag for flag in flags if (flag.thread_id, flag.reply_id) == (row.thread_id, row.reply_id)]
        before = [flag for flag in same if flag.made_at <= row.decided_at]
        return any(
            flag.decision_id == row.id or flag.resolved_at is None or flag.resolved_at >= row.decided_at
            for flag in before
        )

    machines = [row for row in taken if row.automated]
    back = [
        row
        for row in machines
        if row.undone_at
        or any(
            later.subject == row.subject
            and (later.id or 0) > (row.id or 0)
            and not later.automated
            and later.undone_at is None
            and later.action in ("approve", "restore", "lift")
            for later in decisions
        )
    ]
    held = [row for row in decisions if row.action == "hold" and row.automated]
    groups = Counter((row.action, row.ground) for row in taken)
    after = Counter((row.action, row.ground) for row in taken if noticed(row))
    auto = Counter((row.action, row.ground) for row in machines)
    spans = [(flag.resolved_at - flag.made_at).total_seconds() for flag in flags if flag.resolved_at]
    waits = [(row.decided_at - row.made_at).total_seconds() for row in appeals if row.decided_at]
    return {
        "notices": [
            {"reason": reason, "raised": len(those), "waiting": sum(flag.resolved_at is None for flag in those),
             "upheld": sum(flag.outcome == "upheld" for flag in those),
             "not_upheld": sum(flag.outcome == "dismissed" for flag in those)}
            for reason in ("spam", "abusive", "off-topic", "illegal", "other")
            for those in [[flag for flag in flags if flag.reason == reason]]
        ],
        "notice_median_seconds": pytest.approx(median(spans)),
        "restrictions": len(taken),
        "actions": [
            {"action": key[0], "ground": key[1], "own_initiative": groups[key] - after[key], "after_notice": after[key],
             "automated": auto[key]}
            for key in sorted(groups)
        ],
        "undone": sum(row.undone_at is not None for row in taken),
        "automated": {
            "restrictions": len(machines), "share": len(machines) / len(taken), "reversed": len(back),
            "error_rate": len(back) / len(machines), "held": len(held), "held_published": 0,
        },
        "appeals": {
            "made": len(appeals), "upheld": sum(row.state == "upheld" for row in appeals),
            "reversed": sum(row.state == "reversed" for row in appeals),
            "waiting": sum(row.state == "open" for row in appeals),
            "against_automated": sum(by_id[row.decision_id].automated for row in appeals),
            "same_person": sum(row.decided_by_id == by_id[row.decision_id].decided_by_id for row in appeals),
            "median_seconds": pytest.approx(median(waits)),
        },
    }  # fmt: skip
