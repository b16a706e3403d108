"""The site's settings at the JSON door."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.kit.database import Session
from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
SITE = "/api/v1/site"
TERMS = ("closes_at", "close_after_age", "close_after_idle", "close_after_replies", "reopens_at", "slow_mode")
NO_TERMS = dict.fromkeys(TERMS)


async def test_everybody_reads_the_defaults(client: httpx.AsyncClient) -> None:
    answer = await client.get(SITE)
    assert answer.json() == {
        "name": "Parley", "registration": "open", "max_depth": 5, "author_may_close": False,
        "hold_first_posts": 0, "closing": NO_TERMS, "close_grace": "PT0S", "close_also": [],
        "closed_reply_roles": ["moderator", "admin"], "flags_hide_at": 3.0, "flags_per_day": 10,
        "address_kept": "P90D", "contact": "", "version": 1,
    }  # fmt: skip
    again = await client.get(SITE, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_an_admin_changes_what_is_named_and_nothing_else(ada: Person) -> None:
    tag = (await ada.get(SITE)).headers["etag"]
    closing = {"close_after_age": "P14D"}
    changed = await ada.patch(SITE, {"name": "The Reading Room", "closing": closing}, headers={"If-Match": tag})
    site = changed.json()
    assert (site["name"], site["max_depth"], site["version"]) == ("The Reading Room", 5, 2)
    assert site["closing"] == {**NO_TERMS, "close_after_age": "P14D"}
    assert (await ada.get(SITE)).headers["etag"] == changed.headers["etag"]
    more = {"closing": {"close_after_idle": "off", "close_after_replies": 500}}
    site = (await ada.patch(SITE, more, headers={"If-Match": changed.headers["etag"]})).json()
    expected = {"close_after_age": "P14D", "close_after_idle": "off", "close_after_replies": 500}
    assert site["closing"] == NO_TERMS | expected


async def test_the_checks_come_in_their_order(
    client: httpx.AsyncClient, alice: Person, mona: Person, ada: Person
) -> None:
    """401, 403, 428, 422, 412: who, then which version, then what, then whether it is still that version."""
    tag = (await ada.get(SITE)).headers["etag"]
    wrong = {"max_depth": 11}
    assert (await client.patch(SITE, json=wrong)).status_code == 401
    assert (await alice.patch(SITE, wrong)).status_code == 403
    assert (await mona.patch(SITE, wrong)).status_code == 403
    missing = await ada.patch(SITE, wrong)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition-required")
    malformed = await ada.patch(SITE, {"name": "New"}, headers={"If-Match": "1"})
    assert (malformed.status_code, malformed.json()["errors"][0]["pointer"]) == (422, "/If-Match")
    assert (await ada.patch(SITE, wrong, headers={"If-Match": tag})).status_code == 422
    assert (await ada.patch(SITE, {"name": "New"}, headers={"If-Match": tag})).status_code == 200
    stale = await ada.patch(SITE, {"name": "Newer"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (412, "edit-conflict", 2)
    made = await ada.post("/api/v1/tokens", {"name": "no admin", "scopes": ["read", "write", "moderate"]})
    token = {"Authorization": f"Bearer {made.json()['token']}", "If-Match": "*"}
    assert (await ada.patch(SITE, {"name": "Newer"}, headers=token)).status_code == 403


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"max_depth": 0}, "/max_depth"),
    ({"max_depth": 11}, "/max_depth"),
    ({"max_depth": "5"}, "/max_depth"),
    ({"max_depth": True}, "/max_depth"),
    ({"author_may_close": "yes"}, "/author_may_close"),
    ({"author_may_close": 1}, "/author_may_close"),
    ({"registration": "shut"}, "/registration"),
    ({"name": ""}, "/name"),
    ({"name": None}, "/name"),
    ({"name": "x" * 61}, "/name"),
    ({"name": "two\nlines"}, "/name"),
    ({"closing": None}, "/closing"),
    ({"closing": {"override": "open"}}, "/closing/override"),
    ({"version": 9}, "/version"),
    ({"id": 2}, "/id"),
]


async def test_wrong_settings_are_refused_by_name_and_change_nothing(ada: Person) -> None:
    before = (await ada.get(SITE)).json()
    for wrong, pointer in WRONG:
        answer = await ada.patch(SITE, {"max_depth": 7} | wrong, headers={"If-Match": "*"})
        assert answer.status_code == 422, wrong
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], wrong
    assert (await ada.get(SITE)).json() == before


async def test_a_change_is_recorded_by_the_names_of_its_fields(app: FastAPI, ada: Person) -> None:
    await ada.patch(SITE, {"name": "Hush", "closing": {"close_after_age": "P9D"}}, headers={"If-Match": "*"})

    def look(session: Session) -> list[Any]:
        return list(session.execute(text("SELECT actor_id, audience, data FROM event WHERE kind = 'site.changed'")))

    ((actor, audience, facts),) = await app.state.database.read(look)
    assert (actor, audience) == (ada.id, "staff")
    assert "Hush" not in str(facts)
    assert "close_after_age" in str(facts)


async def test_the_site_takes_its_threads_along(alice: Person, ada: Person) -> None:
    thread = await a_thread(by=alice)
    tag = (await alice.get(f"/api/v1/threads/{thread['id']}")).headers["etag"]
    await ada.patch(SITE, {"closing": {"close_after_age": "P9D"}}, headers={"If-Match": "*"})
    changed = await alice.get(f"/api/v1/threads/{thread['id']}", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 1)
    assert changed.json()["closes_at"] is not None


async def test_the_settings_of_moderation_have_their_bounds(ada: Person) -> None:
    tag = (await ada.get(SITE)).headers["etag"]
    wrong = {
        "flags_hide_at": (2.1, -1, 101, "3"), "flags_per_day": (0, 1001, "10"),
        "address_kept": ("P3651D", "-P1D", 90), "contact": ("x" * 201, 5),
    }  # fmt: skip
    for name, values in wrong.items():
        for value in values:
            answer = await ada.patch(SITE, {name: value}, headers={"If-Match": tag})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{name}"), value
    right = {"flags_hide_at": 2.75, "flags_per_day": 3, "address_kept": "PT0S", "contact": "the dean’s office"}
    site = (await ada.patch(SITE, right, headers={"If-Match": tag})).json()
    assert {name: site[name] for name in right} == right
