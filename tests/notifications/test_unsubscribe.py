"""`/unsubscribe/{token}`, as mail programs and people use it: without a cookie, by POST, and never by looking."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.notifications.policy import list_path, unsubscribe_path
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import SECRET
from tests.pages.reading import parse
from tests.working import Jobs

pytestmark = pytest.mark.anyio
PREFERENCES = "/api/v1/me/notification-preferences"
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def path_of(person: Person, thread: dict[str, Any]) -> str:
    return unsubscribe_path(SECRET, person.id, thread["id"])


async def level(person: Person, thread: dict[str, Any]) -> str:
    return str((await person.get(f"/api/v1/threads/{thread['id']}/subscription")).json()["level"])


async def mail(person: Person) -> bool:
    return bool((await person.get("/api/v1/me/notification-preferences")).json()["mail"])


async def press(client: httpx.AsyncClient, path: str, button: str = "") -> httpx.Response:
    return await client.post(path, content=f"do={button}" if button else ONE_CLICK, headers=FORM)


async def test_one_click_mutes_the_thread_and_nothing_else(
    alice: Person, client: httpx.AsyncClient, jobs: Jobs, bob: Person
) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    for _ in range(2):
        answer = await press(client, path_of(alice, thread))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
    assert (await level(alice, thread), await level(alice, other), await mail(alice)) == ("muted", "watching", True)
    for each in (thread, other):
        await a_reply(bob, each)
    await jobs()
    notices = (await alice.get("/api/v1/notifications")).json()["items"]
    assert [notice["thread"]["id"] for notice in notices] == [other["id"]]


SENT = {
    "as RFC 8058 recommends": (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "as it permits": (ONE_CLICK.encode(), "application/x-www-form-urlencoded"),
    "with a charset": (ONE_CLICK.encode(), "application/x-www-form-urlencoded; charset=utf-8"),
    "without a body": (b"", None),
    "with bytes that are no text": (b"List-Unsubscribe=One-Click&x=%ff%00", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("how", SENT)
async def test_however_a_mail_program_sends_it(alice: Person, client: httpx.AsyncClient, how: str) -> None:
    thread = await a_thread(by=alice)
    body, kind = SENT[how]
    answer = await client.post(path_of(alice, thread), content=body, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 200, answer.text
    assert await level(alice, thread) == "muted"


async def test_looking_changes_nothing(alice: Person, client: httpx.AsyncClient, app: FastAPI) -> None:
    thread = await a_thread(by=alice, title="Who came <home>?")
    path = path_of(alice, thread)
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        answer = await client.request(method, path)
        assert answer.status_code in (200, 405)
    assert await level(alice, thread) == "watching"
    page = await client.get(path)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "Who came &lt;home&gt;?" in page.text
    assert alice.email not in page.text
    assert [button.text for form in parse(page.text).all("form", method="post") for button in form.all("button")] == [
        "Mute this thread", "Send me no mail at all",
    ]  # fmt: skip


async def test_what_was_done_is_said_and_can_be_undone(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    path = path_of(alice, thread)
    for button, said, then in (
        ("", "Done: you hear no more of this thread.", "muted"),
        ("watch", "Done: you watch this thread again.", "watching"),
        ("mute", "Done: you hear no more of this thread.", "muted"),
    ):
        answer = await press(client, path, button)
        assert answer.status_code == 200
        assert said in answer.text
        assert await level(alice, thread) == then
    for button, said, wanted in (
        ("no-mail", "Done: you get no mail from Parley any more.", False),
        ("mail", "Done: you get mail from Parley again.", True),
    ):
        answer = await press(client, path, button)
        assert said in answer.text
        assert await mail(alice) is wanted
    assert await level(alice, thread) == "muted"


async def test_every_button_of_the_page_works_as_a_form(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    path = path_of(alice, thread)
    pressed = set()
    for _ in range(2):
        for form in parse((await client.get(path)).text).all("form", method="post"):
            (button,) = form.all("button")
            assert "action" not in form.attributes
            answer = await client.post(
                path, data={"do": button.attributes["value"]}, headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert answer.status_code == 200
            pressed.add(button.attributes["value"])
    assert pressed == {"mute", "watch", "no-mail", "mail"}


async def test_a_wrong_token_is_404(alice: Person, bob: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    path = path_of(alice, thread)
    others = unsubscribe_path(SECRET, 999, thread["id"]), unsubscribe_path(SECRET, alice.id, 2**62)
    stolen = path.replace(f"/{alice.id}.", f"/{bob.id}.")
    for wrong in (f"{path}x", path[:-1], stolen, "/unsubscribe/x", "/unsubscribe/é", *others,
                  unsubscribe_path("another secret", alice.id, thread["id"])):  # fmt: skip
        for answer in (await client.get(wrong), await press(client, wrong), await press(client, wrong, "no-mail")):
            assert answer.status_code == 404, wrong
    assert (await level(alice, thread), await level(bob, thread)) == ("watching", "normal")


async def test_an_unknown_button_does_nothing(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    assert (await press(client, path_of(alice, thread), "delete-everything")).status_code == 400
    assert await level(alice, thread) == "watching"


async def test_another_sites_page_cannot_press_it(alice: Person, client: httpx.AsyncClient) -> None:
    thread = await a_thread(by=alice)
    for sent in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (await client.post(path_of(alice, thread), content="do=watch", headers=FORM | sent)).status_code == 403
    assert await level(alice, thread) == "watching"


Change = Callable[[Person, dict[str, Any]], Awaitable[Any]]
GONE: list[Change] = [
    lambda ada, thread: ada.delete(f"/api/v1/threads/{thread['id']}"),
    lambda ada, thread: ada.patch("/api/v1/categories/general", {"visibility": "staff"}),
]


@pytest.mark.parametrize("change", GONE)
async def test_what_may_not_be_read_any_more_can_still_be_muted_and_is_not_named(
    alice: Person, ada: Person, client: httpx.AsyncClient, change: Change
) -> None:
    thread = await a_thread(by=alice, title="A secret by now")
    path = path_of(alice, thread)
    await change(ada, thread)
    for answer in (await client.get(path), await press(client, path), await client.get(path)):
        assert answer.status_code == 200
        assert "secret" not in answer.text
        assert thread["slug"] not in answer.text
    assert "This thread is muted" in answer.text


async def test_who_is_signed_in_as_somebody_else_changes_the_letters_person(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await press(bob.client, path_of(alice, thread))
    assert (await level(alice, thread), await level(bob, thread)) == ("muted", "normal")


LISTS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "digest": (lambda found: (found["digest"], found["channels"]["reply"]["mail"]), ("daily", True), ("off", False)),
    "summary": (lambda found: found["mail"], True, False),
    "reviews": (lambda found: found["channels"]["reviews"]["mail"], True, False),
}  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
async def test_a_letter_about_no_one_thread_has_a_way_out_of_its_own(
    alice: Person, client: httpx.AsyncClient, kind: str
) -> None:
    """One click ends it, a look does not, and a button brings it back; what is said to the person goes on."""
    state, before, after = LISTS[kind]

    async def now() -> Any:
        return state((await alice.get(PREFERENCES)).json())

    await alice.patch(PREFERENCES, {"digest": "daily"})
    path = list_path(SECRET, alice.id, kind)
    looked = await client.get(path)
    assert (looked.status_code, looked.headers["cache-control"], await now()) == (200, "no-store", before)
    for _ in range(2):
        answer = await press(client, path)
        assert (answer.status_code, "set-cookie" in answer.headers, await now()) == (200, False, after)
        assert "Done: you get no " in answer.text
    mentions = (await alice.get(PREFERENCES)).json()["channels"]["mention"]["mail"]
    assert mentions is True
    answer = await press(client, path, "join")
    assert "again." in answer.text
    assert await now() == before


async def test_a_lists_token_is_for_one_person_and_one_list(
    alice: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    path = list_path(SECRET, alice.id, "digest")
    stolen = path.replace(f"/{alice.id}.", f"/{bob.id}.")
    for wrong in (stolen, f"{path}x", list_path(SECRET, 999, "digest"), list_path("another secret", 1, "digest")):
        assert (await client.get(wrong)).status_code == 404
        assert (await press(client, wrong)).status_code == 404
    assert (await press(client, path, "mute")).status_code == 400
