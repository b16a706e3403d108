"""`/admin/import`: a file is sent, looked through, shown, and then brought by a worker; all of it by forms."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.kit.queue import enqueue
from service.settings import Settings
from service.transfer.models import ImportRun
from service.transfer.operations import end_run
from tests.cast import Person
from tests.pages.reading import FORM, Element, parse, values_of
from tests.transfer.exports import blog, comment, post
from tests.transfer.test_mapping import threads_of
from tests.working import Jobs

pytestmark = pytest.mark.anyio
FORM_DATA = b"Content-Disposition: form-data"
FILE = blog(post(1, "x", comment(1), comment(2, parent=7)), post(2, status="draft"))


async def send(person: Person, text: str | bytes, name: str = "blog.xml") -> httpx.Response:
    """Choose a file and press the button."""
    sent = text.encode() if isinstance(text, str) else text
    files = {"file": (name, sent, "text/xml")}
    return await person.client.post("/admin/import", files=files, data={"do": "send"})


async def page_of(person: Person) -> Element:
    """The page as it is now."""
    answer = await person.get("/admin/import")
    assert answer.status_code == 200, answer.text[:300]
    return parse(answer.text)


async def press(person: Person, page: Element, words: str) -> httpx.Response:
    """Press the run's button whose words begin so."""
    run = page.one("section", id="run")
    button = next(each for each in run.all("button") if each.text.startswith(words))
    fields = values_of(run.one("form")) | {button.attributes["name"]: button.attributes["value"]}
    return await person.client.post("/admin/import", data=fields, headers=FORM)


def files_in(settings: Settings) -> list[Path]:
    """What lies in the folder of files that wait."""
    return sorted((settings.data_dir / "imports").glob("*"))


async def test_a_file_is_looked_through_shown_and_then_brought(
    ada: Person, client: httpx.AsyncClient, jobs: Jobs, settings: Settings
) -> None:
    assert parse((await ada.get("/admin")).text).all("a", href="/admin/import")
    sent = await send(ada, FILE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/admin/import#run")
    assert [path.stat().st_mode & 0o777 for path in files_in(settings)] == [0o600]
    waiting = await page_of(ada)
    assert waiting.one("h2", id="run-title").text == "The file is being looked through"
    assert waiting.one("progress").attributes["max"] == "100"
    assert waiting.one("a", href="/admin/import#run").text == "Look how far it is"
    await jobs()
    ready = await page_of(ada)
    assert ready.one("h2", id="run-title").text == "What is in the file"
    assert "it answers comment 7, which is not here; it stands on the first level" in ready.text
    assert "drafts: 1" in ready.text
    assert await threads_of(client) == {}, "nothing is stored before the button is pressed"
    assert (await press(ada, ready, "Import 3 items")).status_code == 303
    assert (await page_of(ada)).one("h2", id="run-title").text == "The file is being imported"
    await jobs()
    done = await page_of(ada)
    assert done.one("h2", id="run-title").text == "The file was imported"
    row = next(row for row in done.all("tr") if row.text.startswith("Comments, approved"))
    assert [cell.text for cell in row.all("td")] == ["2", "2", "0"]
    assert list(await threads_of(client)) == ["Post 1"]
    assert files_in(settings) == []


async def test_the_same_file_again_says_that_there_is_nothing_new(ada: Person, jobs: Jobs) -> None:
    for number in (3, 0):
        await send(ada, FILE)
        await jobs()
        ready = await page_of(ada)
        await press(ada, ready, f"Import {number} items" if number else "Import nothing new")
        await jobs()
    done = await page_of(ada)
    row = next(row for row in done.all("tr") if row.text.startswith("Comments, approved"))
    assert [cell.text for cell in row.all("td")] == ["2", "0", "2"]
    assert "blog.xml" in done.one("section", aria_labelledby="earlier-title").text


async def test_a_button_that_is_pressed_twice_imports_once(ada: Person, jobs: Jobs, client: httpx.AsyncClient) -> None:
    await send(ada, FILE)
    await jobs()
    ready = await page_of(ada)
    assert (await press(ada, ready, "Import")).status_code == 303
    assert (await press(ada, ready, "Import")).status_code == 303
    await jobs()
    assert len(await threads_of(client)) == 1


async def test_a_job_that_runs_again_brings_nothing_twice_and_counts_right(
    ada: Person, app: FastAPI, jobs: Jobs, client: httpx.AsyncClient
) -> None:
    """A worker that dies after its last unit and before the end of the job leaves the run as `running`."""
    await send(ada, FILE)
    await jobs()
    await press(ada, await page_of(ada), "Import")
    await jobs()

    def as_if_killed(session: Any) -> None:
        run = session.get(ImportRun, 1)
        end_run(session, 1, "ready", run.report)

    (settings_file,) = [app.state.settings.data_dir / "imports" / await app.state.database.read(key_of)]
    settings_file.write_text(FILE, encoding="utf-8")
    await app.state.database.write(as_if_killed)
    await press(ada, await page_of(ada), "Import")
    await jobs()
    row = next(row for row in (await page_of(ada)).all("tr") if row.text.startswith("Comments, approved"))
    assert [cell.text for cell in row.all("td")] == ["2", "2", "0"]
    assert len(await threads_of(client)) == 1


def key_of(session: Any) -> str:
    """The name of the first run's file."""
    return str(session.get(ImportRun, 1).file_key)


async def test_a_broken_file_is_refused_in_words_that_name_the_line(
    ada: Person, jobs: Jobs, settings: Settings, client: httpx.AsyncClient
) -> None:
    await send(ada, FILE.replace("Post 1", "Maps & plans"))
    await jobs()
    page = await page_of(ada)
    assert page.one("h2", id="run-title").text == "The file was not imported"
    assert page.one("div", role="alert").text == "Line 15: not well-formed (invalid token). Nothing was imported."
    assert files_in(settings) == []
    assert (await press(ada, page, "Forget")).status_code == 303
    assert not (await page_of(ada)).all("section", id="run")
    assert await threads_of(client) == {}


async def test_a_file_that_the_worker_does_not_find_is_told(ada: Person, jobs: Jobs, settings: Settings) -> None:
    await send(ada, FILE)
    for path in files_in(settings):
        path.unlink()
    await jobs()
    assert "The worker does not find the file." in (await page_of(ada)).one("div", role="alert").text


async def test_a_file_can_be_forgotten(ada: Person, jobs: Jobs, settings: Settings) -> None:
    await send(ada, FILE)
    await jobs()
    assert (await press(ada, await page_of(ada), "Forget this file")).status_code == 303
    assert files_in(settings) == []
    assert not (await page_of(ada)).all("section", id="run")


async def test_a_new_file_takes_the_place_of_one_that_was_not_imported(
    ada: Person, jobs: Jobs, settings: Settings
) -> None:
    await send(ada, FILE, "first.xml")
    await jobs()
    await send(ada, FILE, "second.xml")
    await jobs()
    page = await page_of(ada)
    assert "second.xml, sent" in page.text
    assert "first.xml" not in page.text
    assert len(files_in(settings)) == 1


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b'--x\r\n%s; name="do"\r\n\r\nsend\r\n--x--\r\n' % FORM_DATA, 422),
        ("multipart/form-data; boundary=x", b'--x\r\n%s; name="file"; filename=""\r\n\r\n--x--' % FORM_DATA, 422),
        ("multipart/form-data; boundary=x", b"no parts at all", 400),
        ("multipart/form-data; boundary=x", b"", 422),
        ("multipart/form-data", b"--x", 400),
        ("application/x-www-form-urlencoded", b"do=nonsense", 422),
        ("application/x-www-form-urlencoded", b"do=start&run=999999999999999999", 404),
        ("application/x-www-form-urlencoded", b"x" * 1_000_001, 413),
    ],
)  # fmt: skip
async def test_what_is_no_file_is_refused_and_leaves_nothing(
    kind: str, body: bytes, status: int, ada: Person, settings: Settings
) -> None:
    answer = await ada.client.post("/admin/import", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text[:500]
    assert files_in(settings) == []


async def test_a_file_over_the_limit_is_refused_before_it_is_read(ada: Person, settings: Settings) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "200000001"}
    answer = await ada.client.post("/admin/import", content=b"--x", headers=headers)
    assert answer.status_code == 413
    assert files_in(settings) == []


async def test_only_admins_send_files_and_nothing_is_read_of_others(
    client: httpx.AsyncClient, mona: Person, settings: Settings
) -> None:
    read = 0

    async def pieces() -> Any:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await client.post("/admin/import", content=pieces(), headers=headers)).status_code == 401
    assert (await mona.client.post("/admin/import", content=pieces(), headers=headers)).status_code == 403
    assert [(await who.get("/admin/import")).status_code for who in (client, mona.client)] == [303, 403], (
        "a guest signs in first"
    )
    assert files_in(settings) == []
    assert read <= 2, "at most the first piece of each"


async def test_a_name_is_only_a_name(ada: Person, settings: Settings) -> None:
    await send(ada, FILE, "../../etc/<b>blog.xml")
    page = await page_of(ada)
    assert "<b>blog.xml, sent" in page.text
    assert len(files_in(settings)) == 1
    assert files_in(settings)[0].suffix == ".upload"


async def test_files_that_no_run_will_read_are_deleted_after_a_day(
    app: FastAPI, ada: Person, jobs: Jobs, settings: Settings
) -> None:
    """What was being sent when the server was killed; what waits for the button stays, however old."""
    await send(ada, FILE)
    await jobs()
    (waiting,) = files_in(settings)
    old, new = waiting.with_name("old.upload"), waiting.with_name("new.upload")
    for file in (old, new):
        file.write_text("half of it")
    for file in (old, waiting):
        os.utime(file, (0, 0))
    await app.state.database.write(enqueue, "transfer.tidy", {})
    await jobs()
    assert files_in(settings) == sorted([waiting, new])
