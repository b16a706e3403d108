"""Rules tried on earlier posts: what they would have done, with the facts of that time, and nothing else changed."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session

from service.kit.clock import Clock
from service.kit.database.rows import table_of
from service.screening.jobs import trying
from service.screening.models import Backtest
from service.screening.policy import Facts, Submission, in_order, to_rule
from service.screening.policy.trials import Draft, Report, note, outcome_of
from service.wiring import METADATA
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, hold_all, hold_none, step
from tests.screening.doing import HERE, try_on
from tests.working import Jobs

pytestmark = pytest.mark.anyio
OF_THE_QUEUE = ("job", "job_end", "worker_heartbeat", "cron_tick")
"""Tables of the queue: a backtest is a job."""

DICE = {"kind": "words", "terms": {"lines": ["dice"]}, "verdict": "hold"}
LAMPS = {"kind": "words", "terms": {"lines": ["~lamp"]}, "verdict": "spam"}


async def everything(app: FastAPI) -> dict[str, list[Any]]:
    """Every row of every table but the backtests' and the queue's."""

    def look(session: Session) -> dict[str, list[Any]]:
        tables = [table for table in METADATA.sorted_tables if table.name not in ("backtest", *OF_THE_QUEUE)]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}

    found: dict[str, list[Any]] = await app.state.database.read(look)
    return found


def counts(outcomes: Json) -> Json:
    """The outcomes that there are."""
    return {name: number for name, number in outcomes.items() if number}


async def decided_posts(alice: Person, bob: Person, mona: Person, ada: Person) -> Json:
    """A thread about dice, and replies: approved, hidden, taken for spam, taken back, edited since, and left alone."""
    thread = await a_thread(by=alice, title="On dice", body="Of bone.")
    await hold_all(ada)
    approved, spam = await a_reply(bob, thread, "Loaded dice."), await a_reply(bob, thread, "Buy LAMPS, dice!")
    await step(mona, approved, "approve")
    await step(mona, spam, "spam")
    await hold_none(ada)
    hidden = await a_reply(bob, thread, "You swindler.")
    await step(mona, hidden, "hide")
    back = await a_reply(bob, thread, "Dice, I mean.")
    assert (await bob.delete(at(back))).status_code == 204
    edited = await a_reply(alice, thread, "Of dice and men.")
    assert (await alice.patch(at(edited), {"body": "Of mice and men."})).status_code == 200
    await a_reply(alice, thread, "Nothing of that kind.")
    return thread


async def test_the_report_says_what_rules_would_have_done_and_what_people_did(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    thread = await decided_posts(alice, bob, mona, ada)
    await jobs()
    before = await everything(app)
    waiting = await mona.post(f"{HERE}/backtest", {"rules": [DICE, LAMPS], "last": 100})
    assert (waiting.status_code, waiting.json()["state"], waiting.json()["report"]) == (202, "queued", None)
    await jobs()
    found = (await mona.get(waiting.headers["location"])).json()
    assert await everything(app) == before, "nothing else changes"

    assert (found["state"], found["examined"], found["total"]) == ("done", 7, 7)
    verdicts = {name: counts(outcomes) for name, outcomes in found["report"]["verdicts"].items()}
    assert verdicts == {
        "hold": {"approved": 1, "withdrawn": 1, "undecided": 2},
        "spam": {"spam": 1},
        "reject": {},
        "publish": {"hidden": 1, "undecided": 1},
    }, "the first text of what was edited counts"
    assert [counts(rule["caught"]) for rule in found["rules"]] == [
        {"approved": 1, "withdrawn": 1, "undecided": 2, "spam": 1}, {"spam": 1},
    ]  # fmt: skip
    assert found["report"]["agreement"] == {"decided": 3, "agreed": 1}
    samples = found["report"]["samples"]
    assert [one["outcome"] for one in samples["hold"]] == ["undecided", "withdrawn", "approved", "undecided"]
    matched = [one["excerpt"][one["match_start"] : one["match_end"]] for one in samples["hold"]]
    assert matched == ["dice", "Dice", "dice", "dice"]
    assert samples["hold"][0]["excerpt"] == "Of dice and men."
    assert (samples["hold"][3]["field"], samples["hold"][3]["reply_id"]) == ("title", None)
    assert [(one["excerpt"], one["rule"]) for one in samples["spam"]] == [("Buy LAMPS, dice!", 1)]
    assert [(one["excerpt"], one["rule"]) for one in samples["missed"]] == [("You swindler.", None)]
    assert {one["thread_id"] for kind in samples.values() for one in kind} == {thread["id"]}

    few = await try_on(mona, jobs, DICE, last=2)
    assert (few["total"], counts(few["report"]["verdicts"]["hold"])) == (2, {"undecided": 1}), "the latest two"
    await ada.post("/api/v1/categories", {"name": "Maps"})
    elsewhere = await try_on(mona, jobs, {**DICE, "category": "maps"})
    assert elsewhere["total"] == 0, "on the posts of the category that the rule is for"


async def test_the_facts_are_those_of_the_time(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=mona)
    await a_reply(alice, thread, "One.")
    clock.offset += timedelta(days=2)
    await a_reply(bob, thread, "One of bob’s.")
    await hold_all(ada)
    held = await a_reply(bob, thread, "Two of bob’s.")
    await hold_none(ada)
    await a_reply(alice, thread, "Two.")
    clock.offset += timedelta(days=2)
    await step(mona, held, "approve")
    await a_reply(bob, thread, "Three of bob’s.")
    await a_reply(alice, thread, "Three.")
    young = {"kind": "account_age", "terms": {"younger_than": "P1D"}}
    first = {"kind": "first_posts", "terms": {"posts": 0, "approved": 2}}
    made = {"kind": "first_posts", "terms": {"posts": 2, "approved": 1}}
    found = await try_on(mona, jobs, young, first, made)
    caught = [sum(rule["caught"].values()) for rule in found["rules"]]
    assert caught == [1, 4, 4], "whoever moderates is not asked; a held post counts once it is approved"
    everybody = await try_on(mona, jobs, {**first, "exempt_roles": []})
    assert sum(everybody["rules"][0]["caught"].values()) == 5


async def test_a_backtest_goes_on_where_its_worker_was_killed(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await decided_posts(alice, bob, mona, ada)
    for number in range(30):
        await a_reply((alice, bob)[number % 2], thread, f"Dice {number}.")
    whole = await try_on(mona, jobs, DICE, LAMPS)
    monkeypatch.setattr(trying, "CHUNK", 5)
    monkeypatch.setattr(trying, "KEEP_EVERY", -1.0)
    look, chunks, examined = trying.Trial.look_at_chunk, [0], []

    async def die_sometimes(trial: trying.Trial) -> bool:
        chunks[0] += 1
        if chunks[0] in (3, 6):
            raise RuntimeError("killed")
        examined.append(trial.examined)
        return await look(trial)

    monkeypatch.setattr(trying.Trial, "look_at_chunk", die_sometimes)
    again = await try_on(mona, jobs, DICE, LAMPS)
    for report in (whole["report"], again["report"]):
        report.pop("seconds")
    assert again["report"] == whole["report"]
    assert (again["examined"], examined) == (37, [0, 5, 10, 15, 20, 25, 30, 35])
    stored = await app.state.database.read(lambda session: list(session.execute(select(table_of(Backtest)))))
    assert len(stored) == 2
    assert "Dice" not in repr([row.report for row in stored]), "the report keeps no text"


@pytest.mark.no_database
def test_the_count_is_by_all_rules_together_and_by_each_alone() -> None:
    drafts = [
        Draft(id=0, kind="words", terms={"lines": ["dice"]}, verdict="hold"),
        Draft(id=1, kind="words", terms={"lines": ["~ice"]}, verdict="reject"),
        Draft(id=2, kind="words", terms={"lines": ["dice"]}, verdict="spam", exempt_roles=["member"]),
    ]
    rules, report = in_order(map(to_rule, drafts)), Report(alone=[{}, {}, {}])
    states: list[tuple[str, str, str | None]] = [
        ("dice", "published", "approve"), ("ice", "rejected", "reject"), ("salt", "spam", None),
        ("salt", "hidden", "hide"), ("salt", "trashed", None), ("salt", "pending", None),
    ]  # fmt: skip
    for number, (body, moderation, action) in enumerate(states):
        submission = Submission("reply", 1, body=body)
        note(report, rules, submission, Facts(), outcome_of(moderation, action), (1, number))
    assert report.together == {
        "reject": {"approved": 1, "rejected": 1},
        "publish": {"automatic": 1, "hidden": 1, "withdrawn": 1, "waiting": 1},
    }
    assert report.alone == [{"approved": 1}, {"approved": 1, "rejected": 1}, {}]
    assert {name: [one.reply_id for one in samples] for name, samples in report.samples.items()} == {
        "reject": [0, 1], "missed": [3],
    }  # fmt: skip
    for number in range(30):
        note(report, rules, Submission("reply", 1, body="ice"), Facts(), "undecided", (1, number))
    assert len(report.samples["reject"]) == 20
