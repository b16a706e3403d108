"""What was given up is seen, retried and discarded: by the JSON door and on the page, by admins alone."""

import pytest
from fastapi import FastAPI

from service.kit.queue import dead_jobs, enqueue
from tests.background.conftest import REFUSAL, TITLE
from tests.cast import Person
from tests.mailbox import Mailbox
from tests.pages.reading import press
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def test_a_dead_letter_says_what_it_was_about_and_what_the_server_answered(dead: int, ada: Person) -> None:
    (job,) = (await ada.get("/api/v1/jobs")).json()["items"]
    assert (job["id"], job["kind"], job["attempts"]) == (dead, "notifications.deliver", 6)
    assert TITLE in job["about"]
    assert "alice" in job["about"]
    assert job["error"] == REFUSAL
    kinds = {each["kind"]: each for each in (await ada.get("/api/v1/jobs/backlog")).json()["kinds"]}
    assert kinds["notifications.deliver"]["dead"] == 1


async def test_a_retried_letter_arrives_under_its_old_id(
    dead: int, ada: Person, jobs: Jobs, box: Mailbox, app: FastAPI
) -> None:
    box.text = "250 taken after all"
    assert (await ada.post(f"/api/v1/jobs/{dead}/retry")).status_code == 204
    assert (await ada.post(f"/api/v1/jobs/{dead}/retry")).status_code == 404, "it lives: there is nothing to retry"
    await jobs()
    assert len(box.taken) == 1
    assert (await ada.get("/api/v1/jobs")).json()["items"] == []


async def test_a_discarded_letter_is_gone_and_never_sent(dead: int, ada: Person, jobs: Jobs, box: Mailbox) -> None:
    box.text = "250 taken"
    assert (await ada.delete(f"/api/v1/jobs/{dead}")).status_code == 204
    assert (await ada.delete(f"/api/v1/jobs/{dead}")).status_code == 404
    await jobs()
    assert box.taken == []
    assert (await ada.get("/api/v1/jobs")).json()["items"] == []


async def test_all_of_a_kind_are_retried(dead: int, ada: Person, jobs: Jobs, box: Mailbox) -> None:
    box.text = "250 taken"
    assert (await ada.post("/api/v1/jobs/retries", {"kind": "closing.sweep"})).json() == {"retried": 0}
    assert (await ada.post("/api/v1/jobs/retries", {"kind": "notifications.deliver"})).json() == {"retried": 1}
    await jobs()
    assert len(box.taken) == 1


async def test_a_job_whose_like_is_alive_is_not_retried_twice(app: FastAPI, ada: Person, dead: int) -> None:
    """Two rounds of one schedule at once would do its work twice."""

    def rival(session: object) -> None:
        (job,) = dead_jobs(session, job_id=dead)  # type: ignore[arg-type]
        job.dedupe_key = "one"
        session.add(job)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        enqueue(session, "notifications.deliver", {"letter": 0}, dedupe_key="one")  # type: ignore[arg-type]

    await app.state.database.write(rival)
    refused = await ada.post(f"/api/v1/jobs/{dead}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")


async def test_only_admins_see_and_decide(dead: int, mona: Person, bob: Person) -> None:
    for person in (mona, bob):
        assert (await person.get("/api/v1/jobs")).status_code == 403
        assert (await person.get("/api/v1/jobs/backlog")).status_code == 403
        assert (await person.post(f"/api/v1/jobs/{dead}/retry")).status_code == 403
        assert (await person.delete(f"/api/v1/jobs/{dead}")).status_code == 403
        assert (await person.post("/api/v1/jobs/retries", {})).status_code == 403


async def test_the_page_shows_and_does_the_same(dead: int, ada: Person, jobs: Jobs, box: Mailbox) -> None:
    shown, seen_too = await ada.get("/admin/jobs"), await ada.get("/admin/jobs")
    assert TITLE in shown.text
    assert REFUSAL in shown.text
    box.text = "250 taken"
    assert (await press(ada.client, shown, "Try again")).status_code == 303
    await jobs()
    assert len(box.taken) == 1
    assert "Nothing was given up." in (await ada.get("/admin/jobs")).text
    assert (await press(ada.client, seen_too, "Discard")).status_code == 404, "it was done meanwhile"
