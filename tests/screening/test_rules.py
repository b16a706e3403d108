"""Rules as rows, over HTTP: who may, what a version is, and that none is switched on unseen."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.events import EventRow
from service.screening.models import Rule, RuleVersion
from service.screening.operations.screening import rules_changed
from service.threads.models import Thread
from tests.build import a_thread
from tests.cast import Person
from tests.moderation.flags import set_account
from tests.screening.doing import CASINO, HERE, Json, change, make, try_on
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def versions(app: FastAPI, rule_id: int) -> list[Json]:
    """What a rule said, version by version."""

    def look(session: Session) -> list[Json]:
        query = select(RuleVersion).where(col(RuleVersion.rule_id) == rule_id).order_by(col(RuleVersion.version))
        return [row.model_dump() for row in session.execute(query).scalars()]

    found: list[Json] = await app.state.database.read(look)
    return found


async def told(app: FastAPI, rule_id: int) -> list[Any]:
    """What the log says of a rule."""

    def look(session: Session) -> list[Any]:
        query = select(EventRow).where(col(EventRow.kind) == "rule.changed", col(EventRow.subject_id) == rule_id)
        rows = session.execute(query.order_by(col(EventRow.id))).scalars().all()
        return [(row.facts["change"], row.facts["version"], row.facts["fields"], row.actor_id) for row in rows]

    found: list[Any] = await app.state.database.read(look)
    return found


async def test_a_rule_is_a_row_whose_every_version_is_kept(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, mona: Person, ada: Person
) -> None:
    assert (await client.post(HERE, json=CASINO)).status_code == 401
    assert (await alice.post(HERE, CASINO)).status_code == 403
    made = await mona.post(HERE, CASINO)
    assert made.status_code == 201, made.text
    rule, address = made.json(), made.headers["location"]
    assert address == f"{HERE}/{rule['id']}"
    assert rule["terms"] == {"lines": ["casino"], "fields": ["title", "body"], "only_first_posts": None}
    assert (rule["verdict"], rule["enabled"], rule["exempt_roles"]) == ("hold", False, ["moderator", "admin"])
    assert rule["can_be_tried"]
    assert (await ada.get(address, headers={"If-None-Match": made.headers["etag"]})).status_code == 304

    assert (await mona.patch(address, {"name": "Dice"})).json()["code"] == "precondition-required"
    assert (await mona.delete(address)).status_code == 428
    changed = await change(ada, rule, name="Dice", terms={"lines": ["dice", "~casino"], "fields": ["body"]})
    assert (changed["name"], changed["version"]) == ("Dice", 2)
    assert changed["terms"]["lines"] == ["dice", "~casino"]
    stale = await mona.patch(address, {"name": "Cards"}, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    kept = await versions(app, rule["id"])
    assert [(each["version"], each["said"]["name"], each["made_by_id"]) for each in kept] == [
        (1, "Casinos", mona.id), (2, "Dice", ada.id),
    ]  # fmt: skip
    assert kept[0]["said"]["terms"] == rule["terms"]

    ids = [each["id"] for each in (await mona.get(f"{HERE}?limit=100")).json()["items"]]
    first = (await mona.get(f"{HERE}?limit=4")).json()
    rest = (await mona.get(f"{HERE}?limit=4&cursor={first['next']}")).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == ids == sorted(ids)
    assert ids[-1] == rule["id"]

    assert (await mona.delete(address, headers={"If-Match": '"v2"'})).status_code == 204
    assert (await mona.get(address)).status_code == 404
    assert len(await versions(app, rule["id"])) == 2, "decisions name them"
    assert await told(app, rule["id"]) == [
        ("made", 1, [], mona.id),
        ("changed", 2, ["name", "terms"], ada.id),
        ("deleted", 2, [], mona.id),
    ]


WRONG: list[tuple[Json, str]] = [
    ({"kind": "dice"}, "/kind"),
    ({"terms": {"lines": []}}, "/terms/lines"),
    ({"terms": {"lines": ["a"], "least": 2}}, "/terms/least"),
    ({"terms": {"lines": ["/(/"]}}, "/terms/lines"),
    ({"terms": None}, "/terms"),
    ({"verdict": "refuse"}, "/verdict"),
    ({"kind": "flood", "terms": {"posts": 0}, "verdict": None}, "/terms/posts"),
    ({"kind": "flood", "terms": {"window": "PT0S"}, "verdict": None}, "/terms/window"),
    ({"category": "nowhere"}, "/category"),
    *[
        ({"kind": "external", "terms": {"url": url}}, "/terms/url")
        for url in (
            "http://[::1",
            "https://",
            "https://a.example:99999/",
            "https://me:key@a.example/",
            "ftp://a.example/",
        )
    ],
    ({"exempt_roles": ["admin", "admin"]}, "/exempt_roles"),
    ({"name": ""}, "/name"),
    ({"public_reason": "x" * 501}, "/public_reason"),
    ({"place": -1}, "/place"),
]


async def test_each_wrong_field_is_named_and_nothing_is_stored(mona: Person) -> None:
    before = (await mona.get(f"{HERE}?limit=100")).json()
    for wrong, pointer in WRONG:
        answer = await mona.post(HERE, CASINO | wrong)
        assert answer.status_code == 422, wrong
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    assert (await mona.get(f"{HERE}?limit=100")).json() == before
    rule = await make(mona)
    more: list[tuple[Json, str]] = [({"terms": {"lines": []}}, "/terms/lines"), ({"verdict": "refuse"}, "/verdict")]
    for wrong, pointer in [*more, ({"secret": "a key"}, "/secret")]:
        answer = await mona.patch(f"{HERE}/{rule['id']}", wrong, headers={"If-Match": "*"})
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_who_moderates_a_category_rules_there_alone(app: FastAPI, bob: Person, mona: Person, ada: Person) -> None:
    for name in ("Maps", "Pumps"):
        await ada.post("/api/v1/categories", {"name": name})
    slugs = {each["slug"]: number for number, each in enumerate((await ada.get("/api/v1/categories")).json()["items"])}
    assert {"maps", "pumps"} <= slugs.keys()
    maps = await make(mona, category="maps")
    await make(mona, category="pumps")
    everywhere = await make(mona)
    categories = await category_ids(app)
    await set_account(app, bob, moderated=[categories["maps"]])
    assert [each["id"] for each in (await bob.get(HERE)).json()["items"]] == [maps["id"]]
    assert (await bob.get(f"{HERE}/{everywhere['id']}")).status_code == 404
    assert (await change(bob, maps, name="Mine"))["name"] == "Mine"
    assert (await bob.post(HERE, CASINO)).status_code == 403
    assert (await bob.post(HERE, CASINO | {"category": "pumps"})).status_code == 403
    assert (await make(bob, category="maps"))["category"] == "maps"
    outside = {"category": "maps", "kind": "external", "terms": {"url": "https://screen.example/"}}
    assert (await bob.post(HERE, CASINO | outside)).status_code == 403
    asking = await make(mona, **outside)
    renamed = await bob.patch(f"{HERE}/{asking['id']}", {"name": "Mine"}, headers={"If-Match": "*"})
    assert renamed.status_code == 403, "only who moderates everywhere"
    for by, roles in ((bob, ["admin"]), (bob, ["member"]), (mona, ["moderator"])):
        of_staff = {"exempt_roles": roles}
        for answer in (
            await by.post(HERE, CASINO | {"category": "maps"} | of_staff),
            await by.patch(f"{HERE}/{maps['id']}", of_staff, headers={"If-Match": "*"}),
        ):
            assert [error["pointer"] for error in answer.json()["errors"]] == ["/exempt_roles"], (by, roles)
    assert (await make(ada, exempt_roles=[]))["exempt_roles"] == []
    moved = await bob.patch(f"{HERE}/{maps['id']}", {"category": None}, headers={"If-Match": "*"})
    assert moved.status_code == 403
    assert (await bob.post(f"{HERE}/backtest", {"rules": [everywhere["id"]]})).status_code == 422
    assert (await bob.post(f"{HERE}/backtest", {"rules": [CASINO_DRAFT]})).status_code == 403
    tried = await bob.post(f"{HERE}/backtest", {"rules": [CASINO_DRAFT | {"category": "maps"}]})
    assert tried.status_code == 202, "it is on that category"
    theirs = await mona.post(f"{HERE}/backtest", {"rules": [everywhere["id"]]})
    assert (await bob.get(theirs.headers["location"])).status_code == 404


CASINO_DRAFT = {name: CASINO[name] for name in ("kind", "terms", "verdict")}


async def category_ids(app: FastAPI) -> dict[str, int]:
    """Categories by their slugs."""
    from service.categories.models import Category

    def look(session: Session) -> dict[str, int]:
        rows = session.execute(select(col(Category.slug), col(Category.id))).all()
        return {row[0]: int(row[1]) for row in rows}

    found: dict[str, int] = await app.state.database.read(look)
    return found


async def test_no_rule_is_switched_on_unseen_unless_that_is_confirmed(
    app: FastAPI, bob: Person, mona: Person, jobs: Jobs
) -> None:
    unseen = await mona.post(HERE, CASINO | {"enabled": True})
    assert (unseen.status_code, unseen.json()["code"]) == (409, "not-tried")
    assert (await mona.get("/problems/not-tried")).status_code == 200
    rule = await make(mona)
    on = {"enabled": True}
    refused = await mona.patch(f"{HERE}/{rule['id']}", on, headers={"If-Match": "*"})
    assert refused.json()["code"] == "not-tried"

    waiting = await mona.post(f"{HERE}/backtest", {"rules": [rule["id"]]})
    tried = waiting.json()["id"]
    early = await mona.patch(f"{HERE}/{rule['id']}", on | {"backtest_id": tried}, headers={"If-Match": "*"})
    assert early.json()["code"] == "not-tried", "it is not finished"
    assert (await mona.post(f"{HERE}/backtest", {"rules": [rule["id"]]})).status_code == 409, "one at a time"
    await jobs()
    rule = await change(mona, rule, enabled=True, backtest_id=tried)
    assert (rule["enabled"], rule["backtest_id"]) == (True, tried)
    rule = await change(mona, rule, name="Games of chance", public_reason="Please wait.", place=3)
    rule = await change(mona, await change(mona, rule, enabled=False), enabled=True)
    assert rule["backtest_id"] == tried, "it does what was tried"

    others: list[Json] = [{"terms": {"lines": ["dice"]}}, {"verdict": "spam"}, {"exempt_roles": ["admin"]}]
    for other in [*others, {"category": "general"}]:
        for more in ({}, {"backtest_id": tried}):
            answer = await mona.patch(f"{HERE}/{rule['id']}", {**other, **more}, headers={"If-Match": "*"})
            assert answer.json()["code"] == "not-tried", (other, more)
    rule = await change(mona, rule, terms={"lines": ["dice"]}, confirm=True)
    assert (rule["enabled"], rule["backtest_id"]) == (True, None)
    assert [each["confirmed"] for each in await versions(app, rule["id"])] == [False] * 5 + [True]

    done = await try_on(mona, jobs, {**CASINO_DRAFT, "terms": {"lines": ["lamps"]}}, last=10)
    lamps = await make(mona, terms={"lines": ["lamps"]}, enabled=True, backtest_id=done["id"])
    assert lamps["enabled"]
    blind = await make(mona, kind="honeypot", terms={}, verdict=None)
    assert not blind["can_be_tried"]
    answer = await mona.post(f"{HERE}/backtest", {"rules": [lamps["id"], blind["id"]]})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/rules/1"]
    assert (await change(mona, blind, enabled=True, confirm=True))["enabled"]


async def test_a_secret_is_shown_once(mona: Person, ada: Person) -> None:
    terms = {"url": "https://screen.example/check"}
    key = {"Idempotency-Key": "a-rule"}
    asked = CASINO | {"kind": "external", "terms": terms}
    made = await mona.post(HERE, asked, headers=key)
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    again = await mona.post(HERE, asked, headers=key)
    assert (again.headers["idempotent-replayed"], "secret" in again.json()) == ("true", False)
    rule = made.json()
    for shown in (await ada.get(f"{HERE}/{rule['id']}"), await ada.get(f"{HERE}?limit=100")):
        assert made.json()["secret"] not in shown.text
    akismet = {"terms": terms | {"protocol": "akismet"}}
    answer = await mona.patch(f"{HERE}/{rule['id']}", akismet, headers={"If-Match": "*"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/secret"]
    rule = await change(mona, rule, **akismet, secret="k3y")
    assert rule["secret"] is None
    deeper = {"url": "https://screen.example/deeper", "protocol": "akismet"}
    rule = await change(mona, rule, terms=deeper)
    for url in ("https://other.example/check", "http://screen.example/check", "https://screen.example:444/check"):
        moved = {"terms": deeper | {"url": url}}
        answer = await mona.patch(f"{HERE}/{rule['id']}", moved, headers={"If-Match": "*"})
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/secret"], url
    rule = await change(mona, rule, **moved, secret="k4y")
    first = await change(mona, rule, terms=terms)
    second = await change(mona, first, terms={"url": "https://other.example/check"})
    assert second["secret"].startswith("whsec_")
    assert first["secret"] != second["secret"], "each host has its own"
    assert (await change(mona, second, name="Elsewhere"))["secret"] is None


async def test_a_stored_address_that_is_none_breaks_no_page_and_no_post(
    app: FastAPI, alice: Person, mona: Person
) -> None:
    rule = await make(mona, kind="external", terms={"url": "https://screen.example/"}, enabled=True, confirm=True)

    def spoil(session: Session) -> None:
        kept = session.get_one(Rule, rule["id"])
        kept.terms = kept.terms | {"url": "http://[::1"}
        session.add(kept)
        rules_changed(session)

    await app.state.database.write(spoil)
    shown = await mona.get("/mod/rules")
    assert (shown.status_code, "Asks http://[::1 about" in shown.text) == (200, True)
    assert (await mona.get(f"/mod/rules/{rule['id']}")).status_code == 200
    thread = await alice.post("/api/v1/threads", {"title": "Maps", "body": "Of the moors.", "category": "general"})
    assert thread.status_code == 201, thread.text


async def test_samples_that_were_moved_away_are_not_shown(
    app: FastAPI, bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    await ada.post("/api/v1/categories", {"name": "Maps"})
    await set_account(app, bob, moderated=[(await category_ids(app))["maps"]])
    thread = await a_thread(by=ada, category="maps", title="A casino")
    asked = CASINO_DRAFT | {"category": "maps", "exempt_roles": []}
    done = await try_on(bob, jobs, asked)
    (sample,) = done["report"]["samples"]["hold"]
    assert sample["thread_id"] == thread["id"]
    elsewhere = (await category_ids(app))["general"]

    def move(session: Session) -> None:
        session.get_one(Thread, thread["id"]).category_id = elsewhere

    await app.state.database.write(move)
    shown = (await bob.get(f"{HERE}/backtests/{done['id']}")).json()
    assert shown["report"]["samples"]["hold"][0]["excerpt"] is None, "as of one that is gone"
    assert "A casino" not in (await bob.get(f"/mod/rules/backtests/{done['id']}")).text
    assert (await mona.get(f"{HERE}/backtests/{done['id']}")).json()["report"] == done["report"]
