"""`make screenshots`: every page × 390 and 1280 px × light and dark, of a real site with sample content.

Writes PNG files into var/screenshots and the README's picture into docs/images/thread.png. The site runs in this
process on a clock that is moved while the content is written, so that essays are weeks old and replies minutes apart.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from service.accounts.operations import make_admin
from service.accounts.operations.registering import Newcomer
from service.app import create_app
from service.kit.clock import Clock
from service.settings import load_settings
from tests import sample
from tests.cast import HASH, PASSWORD
from tests.crash.processes import free_port
from tests.provision.chromium import launch_options
from tests.sample_queue import fill_queue

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "var" / "screenshots"
PICTURE = ROOT / "docs" / "images" / "thread.png"
WIDTHS = (390, 1280)
THEMES = ("light", "dark")
Prepare = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """One picture to take: its name, who looks (None: a guest), where, and what they do there first.

    `whole` pictures show the page to its end; of a very long one the first screen is enough.
    """

    name: str
    who: str | None
    path: str
    prepare: Prepare | None = None
    whole: bool = True


class Site:
    """A running Parley on a movable clock, and the people who write its content."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock(timedelta(days=-21))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        settings = load_settings(data_dir=folder, bind=f"127.0.0.1:{port}", rate_limits="off")
        self.app = create_app(settings, clock=self.clock)
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=port, log_level="warning"))
        self.people: dict[str, httpx.Client] = {}

    @contextmanager
    def running(self) -> Iterator["Site"]:
        """The site, answering, until the block ends."""
        thread = threading.Thread(target=self.server.run)
        thread.start()
        while not self.server.started:
            threading.Event().wait(0.05)
        try:
            yield self
        finally:
            self.server.should_exit = True
            thread.join()

    def passes(self, **time: float) -> None:
        """Let time pass on the site."""
        self.clock.offset += timedelta(**time)

    def ask(self, who: str, method: str, path: str, **body: Any) -> Any:
        """Ask the JSON API as somebody; the answer as JSON."""
        answer = self.people[who].request(method, f"/api/v1{path}", json=body or None)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def bring_people(self) -> None:
        """Everybody registers and signs in; Ada is the admin and gives the others their roles."""
        ada = Newcomer("ada", "ada@example.org", "Ada Lindqvist", HASH)
        made = self.app.state.database.write(make_admin, ada)
        asyncio.run_coroutine_threadsafe(made, loop_of(self.server)).result(30)
        guest = httpx.Client(base_url=self.url)
        for username, name, role in sample.PEOPLE:
            self.people[username] = httpx.Client(base_url=self.url, timeout=30)
            if role != "admin":
                account = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
                guest.post("/api/v1/accounts", json={**account, "display_name": name}).raise_for_status()
            signed = self.people[username].post("/api/v1/sessions", json={"login": username, "password": PASSWORD})
            signed.raise_for_status()
        for username, _, role in sample.PEOPLE:
            if role == "moderator":
                self.ask("ada", "PATCH", f"/accounts/{username}", role=role)
        guest.close()

    def write_content(self) -> dict[str, Any]:
        """The essay with two thoughts, closed by age; the lively thread; the others. Returns threads by name."""
        essay = self.ask("ines", "POST", "/threads", title=sample.ESSAY_TITLE, body=sample.ESSAY,
                         tags=sample.ESSAY_TAGS, sources=list(sample.ESSAY_SOURCES),
                         closing={"close_after_age": "P14D"})  # fmt: skip
        for who, thought in zip(("tomasz", "lea"), sample.THOUGHTS, strict=True):
            self.passes(hours=31)
            self.ask(who, "POST", f"/threads/{essay['id']}/replies", body=thought)
        self.passes(days=13)
        for number, (who, title, body, tags) in enumerate(sample.OTHERS):
            self.passes(hours=9)
            thread = self.ask(who, "POST", "/threads", title=title, body=body, tags=tags,
                              closing={"close_after_age": f"P{12 + 4 * number}D"})  # fmt: skip
        self.ask("mona", "PUT", f"/threads/{thread['id']}/closure", reason="Found: “term” it is. Thank you, everybody.")
        lively = self.ask("lea", "POST", "/threads", title=sample.LIVELY_TITLE, body=sample.LIVELY,
                          tags=sample.LIVELY_TAGS, closing={"close_after_idle": "P6D"})  # fmt: skip
        self.converse(lively)
        decided = self.decide(lively)
        self.ask("ada", "POST", "/categories", name="Reading room", visibility="members",
                 description="What we read together, for members.")  # fmt: skip
        self.clock.offset = timedelta()
        return {"essay": essay, "lively": lively, "settled": thread, "decided": decided}

    def decide(self, thread: dict[str, Any]) -> dict[str, Any]:
        """Two of Tomasz's replies are hidden, one after a flag; he appeals the first. Returns the second's decision."""
        site = {"contact": sample.CONTACT}
        self.people["ada"].patch("/api/v1/site", json=site, headers={"If-Match": "*"}).raise_for_status()
        for body in sample.AWAY:
            self.passes(minutes=9)
            reply = self.ask("tomasz", "POST", f"/threads/{thread['id']}/replies", body=body)
            if body == sample.AWAY[-1]:
                self.ask("ines", "POST", f"/replies/{reply['id']}/flags", reason="abusive")
            self.ask("mona", "PUT", f"/replies/{reply['id']}/moderation", action="hide", reason=sample.AWAY_BECAUSE)
        last, first = self.ask("tomasz", "GET", "/decisions")["items"]
        self.ask("tomasz", "POST", f"/decisions/{first['id']}/appeal", reason=sample.APPEAL)
        return dict(last)

    def converse(self, thread: dict[str, Any]) -> None:
        """The replies of the lively thread; one is deleted and leaves a stub, one is edited; some are thanked for."""
        ids: dict[int, int] = {}
        for number, (who, body, answers) in enumerate(sample.LIVELY_REPLIES, 1):
            self.passes(minutes=17)
            parent = {"parent": ids[answers]} if answers else {}
            ids[number] = self.ask(who, "POST", f"/threads/{thread['id']}/replies", body=body, **parent)["id"]
        self.ask("tomasz", "DELETE", f"/replies/{ids[8]}")
        mended = f"{sample.LIVELY_REPLIES[4][1]} *Especially* in chapter 15."
        self.ask("lea", "PATCH", f"/replies/{ids[5]}", body=mended)
        for who, number, name in sample.REACTIONS:
            post = f"/replies/{ids[number]}" if number else f"/threads/{thread['id']}"
            self.ask(who, "PUT", f"{post}/reactions/{name}")
        self.ask("mona", "PUT", f"/threads/{thread['id']}/draft", body=sample.DRAFT)


def loop_of(server: uvicorn.Server) -> asyncio.AbstractEventLoop:
    """The event loop that the server runs on."""
    return server.servers[0].get_loop()


def shots(threads: dict[str, Any]) -> list[Shot]:
    """Every page, and the states of pages that a reader can meet."""
    essay, lively, settled = (threads[name]["url"] for name in ("essay", "lively", "settled"))
    number = threads["lively"]["id"]
    return [
        Shot("threads", None, "/"),
        Shot("category", "ines", "/c/general"),
        Shot("tags", None, "/tags"),
        Shot("tag", "ines", "/tags/typography"),
        Shot("thread-essay-closed", None, essay),
        Shot("thread-lively", "ines", lively),
        Shot("thread-lively-guest", None, lively),
        Shot("thread-closing-panel", "mona", lively, lambda page: page.locator("#closing > summary").click()),
        Shot("thread-closed-moderator", "mona", settled),
        Shot("timers", "mona", f"{lively}/timers", timing),
        Shot("timer-reminder", "ines", f"{lively}/timers"),
        Shot("thread-post-anyway", "mona", f"{settled}?post_anyway=1"),
        Shot("thread-answering", "ines", f"{lively}?reply_to=6", previewing),
        Shot("new", "ines", "/new", composing),
        Shot("new-refused", "ines", "/new", refused),
        Shot("new-sources", "ines", "/new", citing),
        Shot("revisions", "mona", f"/t/{number}/replies/5/revisions"),
        Shot("edit-conflict", "lea", f"{lively}/edit", conflicting),
        Shot("delete", "mona", f"/t/{number}/replies/3/delete"),
        Shot("flag", "ines", f"/t/{number}/replies/3/flag", flagging),
        Shot("register-refused", None, "/register", registering),
        Shot("sign-in", None, f"/sign-in?next={lively}"),
        Shot("settings", "ines", "/settings"),
        Shot("settings-notifications", "mona", "/settings/notifications"),
        Shot("settings-following", "mona", "/settings/following"),
        Shot("why", "ada", f"/admin/why?who=lea&post={lively}"),
        Shot("jobs", "ada", "/admin/jobs"),
        Shot("profile", None, "/u/ines"),
        Shot("profile-suspending", "mona", "/u/ines", lambda page: page.locator("#suspending > summary").click()),
        Shot("drafts", "mona", "/settings/drafts"),
        Shot("rules", "mona", "/mod/rules"),
        Shot("rule-refused", "mona", "/mod/rules/new?kind=words", drawing_up),
        Shot("rule-tried", "mona", "/mod/rules", trying),
        Shot("log", "mona", "/mod/log"),
        Shot("statement", "tomasz", threads["decided"]["url"]),
        Shot("decisions", "tomasz", "/decisions"),
        Shot("appeals", "ada", "/mod/appeals", lambda page: page.locator(".case summary").first.click()),
        Shot("queue", "mona", "/mod/queue"),
        Shot("queue-flagged", "mona", "/mod/queue?show=flagged"),
        Shot("queue-many", "mona", "/mod/queue", choosing),
        Shot("queue-keys", "mona", "/mod/queue", lambda page: page.locator("[data-keys]").click(), whole=False),
        Shot("reasons", "mona", "/mod/reasons"),
        Shot("closings", "mona", "/mod/closings"),
        Shot("closings-closed", "mona", "/mod/closings?show=closed"),
        Shot("closings-put-off", "mona", "/mod/closings", putting_off),
        Shot("policy", "ada", "/admin", changing_policy),
        Shot("thread-draft-reacting", "mona", f"{lively}?react=1"),
        Shot("notifications", "lea", "/notifications"),
        Shot("admin", "ada", "/admin", lambda page: page.locator("#category-general > summary").click()),
        Shot("menu", "ada", "/", lambda page: page.locator("details.account > summary").click()),
        Shot("not-found", None, "/nowhere"),
        Shot("problem", None, "/problems/thread-closed"),
        Shot("api", None, "/api/v1/docs", whole=False),
    ]


def previewing(page: Page) -> None:
    """An answer, half written, with its preview."""
    page.get_by_label("Your thought").fill("Agreed. And *links back* from the note, so that nobody is lost.")
    page.get_by_role("button", name="Preview").click()
    page.locator("[data-preview]").wait_for()


def flagging(page: Page) -> None:
    """A flag, refused because it does not say what is wrong."""
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Send the flag").click()
    page.locator(".refusal").wait_for()


def composing(page: Page) -> None:
    """A new thread, half written."""
    page.get_by_label("Title").fill("Which dictionary do you keep within reach?")
    page.get_by_label("Text").fill("Mine is the one whose spine has gone.\n\nI ask for a reason.")


def citing(page: Page) -> None:
    """A new thread with a source, and a row for the next."""
    composing(page)
    page.locator("#sources > summary").click()
    page.get_by_label("Author").fill("Snow, John")
    page.get_by_label("Work").fill("On the Mode of Communication of Cholera")
    page.get_by_role("button", name="Add another source").click()


def refused(page: Page) -> None:
    """A new thread without a title."""
    page.get_by_label("Text").fill("Mine is the one whose spine has gone.")
    page.locator("form[data-draft]").evaluate("(form) => form.noValidate = true")
    page.get_by_role("button", name="Open the thread").click()
    page.get_by_role("alert").wait_for()


def registering(page: Page) -> None:
    """A registration with three mistakes."""
    page.get_by_label("Username").fill("l!")
    page.get_by_label("Mail address").fill("nowhere")
    page.get_by_label("Password").fill("short")
    page.locator("main form").evaluate("(form) => form.noValidate = true")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("alert").wait_for()


def timing(page: Page) -> None:
    """Three timers, of which one was removed."""
    for kind, at in (("archive", "2030-01-31T18:00"), ("bump", "2029-11-05T09:00"), ("open", "2029-12-24T16:00")):
        page.get_by_label("What").select_option(kind)
        page.get_by_label("When").fill(at)
        page.get_by_label("By the clock of").fill("Europe/Amsterdam")
        page.get_by_role("button", name="Set the timer").click()
        page.get_by_role("status").wait_for()
    page.get_by_role("button", name="Remove the timer “Bring to the top of its lists”").click()
    page.get_by_text("What became of others").wait_for()


def choosing(page: Page) -> None:
    """What would happen to all that waits."""
    page.get_by_label("All of this list").check()
    page.get_by_role("button", name="Do it with the ticked").click()
    page.locator("table.becoming").wait_for()


def drawing_up(page: Page) -> None:
    """A rule with two mistakes."""
    page.get_by_label("Words", exact=True).fill("marginalia\n/(notes/")
    page.get_by_label("Only of newcomers").fill("many")
    page.get_by_role("button", name="Try on the last 5,000 posts").click()
    page.get_by_role("alert").wait_for()


def trying(page: Page) -> None:
    """A rule that was tried on the posts that there are."""
    page.goto("/mod/rules/new?kind=words")
    page.get_by_label("Name", exact=True).fill("Notes")
    page.get_by_label("Words", exact=True).fill("note\n~margin")
    page.get_by_role("button", name="Try on the last 5,000 posts").click()
    page.get_by_role("heading", name="What the rule would have done").wait_for()


def putting_off(page: Page) -> None:
    """Nothing was ticked."""
    page.get_by_role("button", name="Extend the ticked threads by 7 days").click()
    page.get_by_role("alert").wait_for()


def changing_policy(page: Page) -> None:
    """A site's policy that would close threads at once."""
    page.locator("#close_after_idle_mode").select_option("value")
    page.locator("#close_after_idle").fill("2")
    page.get_by_role("button", name="Save the site").click()
    page.get_by_role("button", name="Confirm and save").wait_for()


def conflicting(page: Page) -> None:
    """An edit of a version that is not the newest any more."""
    page.locator("input[name=version]").evaluate("(field) => field.value = '999'")
    page.get_by_label("Text").fill("On a wide page there is room for them beside the line.")
    page.get_by_role("button", name="Save").click()
    page.locator(".theirs").wait_for()


def take(browser: Browser, site: Site, wanted: list[Shot], width: int, theme: str) -> None:
    """The pictures at one width in one theme, each in a browser of its own, so that no draft wanders."""
    for shot in wanted:
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, has_touch=width < 500, is_mobile=width < 500,
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce", device_scale_factor=1,
        )  # fmt: skip
        if shot.who is not None:
            cookies = site.people[shot.who].cookies.items()
            context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies])
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.goto(shot.path)
        if shot.prepare is not None:
            shot.prepare(page)
        page.screenshot(path=SHOTS / f"{shot.name}-{width}-{theme}.png", full_page=shot.whole)
        context.close()


def take_picture(browser: Browser, site: Site, path: str) -> None:
    """The README's picture: the first screenful of the lively thread."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1100, "height": 1240}, device_scale_factor=1)
    page = context.new_page()
    page.goto(path)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURE)
    context.close()


def main() -> None:
    """Run the site, write its content, take every picture."""
    for name in [name for name in os.environ if name.startswith("PARLEY_") and not name.startswith("PARLEY_TEST_")]:
        del os.environ[name]
    SHOTS.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="parley-shots-") as folder,
        Site(Path(folder)).running() as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_options())
        for width, theme in product(WIDTHS, THEMES):
            take(browser, site, [Shot("threads-empty", None, "/")], width, theme)
        site.bring_people()
        threads = site.write_content()
        fill_queue(site.ask)
        for width, theme in product(WIDTHS, THEMES):
            take(browser, site, shots(threads), width, theme)
        take_picture(browser, site, threads["lively"]["url"])
        browser.close()
    print(f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
