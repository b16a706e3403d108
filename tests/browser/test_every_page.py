"""Every page, in both themes and both widths: axe, sideways scrolling, targets, weight and shifts."""

import re
import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from service.pages.static import ASSETS
from tests.browser.visitors import Visit, Visitor

AXE = Axe().axe_script
OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"],
}  # fmt: skip
"""The rules that look at colours: the theme changes nothing else (the test below sees to that)."""

LONG = "A word-of-unusual-length-" + "x" * 120
BODY = f"""First paragraph with `code` and a [link](https://example.org/{"y" * 90}).

# A heading

## Under it

| one | two | three |
| --- | --- | --- |
| {LONG} | b | c |

```
{"a long line of code " * 12}
```

> A quotation.[^1]

- [x] done
- [ ] to do

1. one
   - inner

[^1]: A note.
"""

TAGS = ["C++", "w" * 30, "a name of two and more words", "العربية", "2026"]


ESSAY = "".join(
    f"{'#' * level} Section {LONG[:40]} {level}\n\n{'Nobody had counted them. ' * 40}\n\n" for level in (1, 2, 3)
)
SOURCES = [
    {"author": "Snow, John", "title": LONG, "container": "John Churchill", "year": 1855,
     "url": f"https://www.example.org/{'snow/' * 40}", "accessed": "2026-11-03", "note": "With a plan."},
    {"title": "A map"},
]  # fmt: skip


def grants(ada: Visitor, grace: str) -> None:
    """The admin sets for how long a closed thread takes what was begun before."""
    answer = ada.context.request.patch("/api/v1/site", data={"close_grace": grace}, headers={"If-Match": "*"})
    assert answer.ok, answer.text()


def told(who: Visitor) -> int:
    """The id of the newest thing that somebody was told of; the worker tells it soon."""
    for _ in range(600):
        items = who.call("get", "/api/v1/notifications?limit=1")["items"]
        if items:
            return int(items[0]["id"])
        time.sleep(0.1)
    raise AssertionError("nothing was told in a minute")


def notified(alice: Visitor, bob: Visitor, mona: Visitor, ada: Visitor) -> list[tuple[Visitor, str]]:
    """How people follow and are told: levels of every kind, a slow thread, and one that takes what was begun."""
    name = f"A tag of {alice.username}"
    slow = mona.opens(title="A slow one", tags=[name], closing={"slow_mode": "PT1H"})
    bob.replies(slow, "Once an hour.")
    for path, level in (("categories/general", "watching_first"), (f"tags/{name.lower().replace(' ', '-')}", "muted")):
        bob.call("put", f"/api/v1/{path}/subscription", level=level)
    begun = alice.opens(title=f"Closed while somebody wrote: {LONG}")
    bob.replies(begun)
    bob.call("put", f"/api/v1/threads/{begun['id']}/draft", body="Begun before the closing.")
    mona.call("put", f"/api/v1/threads/{begun['id']}/closure", reason="It is late.")
    for who in (alice, bob):
        who.call("patch", "/api/v1/me/notification-preferences", quiet_hours={"from": "22:00", "until": "07:00"})
    asked = f"/admin/why?who={alice.username}&post={begun['url']}"
    own = ("/settings/notifications", "/settings/following", "/settings/drafts", "/c/general", slow["url"],
           begun["url"], f"/tags/{name.lower().replace(' ', '-')}")  # fmt: skip
    return [
        *((bob, path) for path in own),
        (alice, f"/notifications/{told(alice)}/why"), (alice, "/settings/following"),
        (mona, "/settings/notifications"), (mona, slow["url"]),
        (ada, asked), (ada, "/admin/why"), (ada, "/admin/jobs"),
    ]  # fmt: skip


def ruled(mona: Visitor) -> tuple[str, ...]:
    """The pages of rules: a long one, and what it would have done with every post."""
    asked = {"name": LONG[:80], "kind": "words", "terms": {"lines": ["~o"]}, "verdict": "hold"}
    tried = mona.call("post", "/api/v1/moderation/rules/backtest", rules=[asked], last=200)
    rule = mona.call("post", "/api/v1/moderation/rules", **asked, public_reason=f"It says {LONG}.")
    for _ in range(600):
        if mona.call("get", f"/api/v1/moderation/rules/backtests/{tried['id']}")["state"] == "done":
            break
        time.sleep(0.1)
    own = ("/mod/rules", "/mod/rules/new?kind=external", f"/mod/rules/{rule['id']}")
    return (*own, f"/mod/rules/backtests/{tried['id']}")


def furnish(alice: Visitor, bob: Visitor, mona: Visitor, guest: Visitor) -> list[tuple[Visitor, str]]:
    """A site with something on every page: who looks, and where."""
    lively = alice.opens(
        title="A lively thread with a rather long title that must wrap on a telephone", body=BODY, tags=TAGS
    )
    parent: dict[str, Any] = {}
    for _ in range(6):
        parent = bob.replies(lively, BODY, **({"parent": parent["id"]} if parent else {}))
    closed = alice.opens(title="A closed one", closing={"closes_at": "2040-01-01T00:00:00Z"})
    bob.replies(closed)
    mona.call("put", f"/api/v1/threads/{closed['id']}/closure", reason="It is settled.")
    essay = alice.opens(title="A long one, and what it cites", body=ESSAY, sources=SOURCES)
    alice.call("patch", f"/api/v1/threads/{essay['id']}", body=f"Anew.\n\n{ESSAY}", sources=SOURCES[:1])
    bob.call("patch", f"/api/v1/replies/{parent['id']}", body="What I meant was another thing.")
    for kind, day in (("archive", 30), ("bump", 9), ("silent_close", 20)):
        when = {"at": f"2040-01-{day:02}T09:00:00Z", "time_zone": "America/Argentina/ComodRivadavia"}
        mona.call("put", f"/api/v1/threads/{lively['id']}/timers/{kind}", **when)
    mona.call("delete", f"/api/v1/threads/{lively['id']}/timers/bump")
    alice.call(
        "post", f"/api/v1/replies/{parent['id']}/flags", reason="other", note=(f"It says {LONG}. " * 9)[:1000].strip()
    )
    edits = (f"{essay['url']}/revisions", f"/t/{lively['id']}/replies/6/revisions")
    soon = mona.opens(title="Closing soon", closing={"close_after_age": "P3D"})
    for thread in (closed, soon):
        alice.call("put", f"/api/v1/threads/{thread['id']}/draft", body=f"Begun, and not ended. {LONG}")
    for who, name in ((alice, "like"), (alice, "thanks"), (mona, "agree"), (mona, "disagree"), (mona, "funny")):
        who.call("put", f"/api/v1/replies/{parent['id']}/reactions/{name}")
    guest_pages = ("/", "/c/general", lively["url"], closed["url"], "/sign-in", "/register", f"/u/{alice.username}",
                   "/problems/thread-closed", "/nowhere", "/api/v1/docs", "/tags", "/tags/c-plus-plus",
                   "/tags/c-plus-plus?state=archived", essay["url"], *edits)  # fmt: skip
    own = ("/", "/new", lively["url"], f"{lively['url']}/edit", f"{essay['url']}/edit", soon["url"], "/settings",
           "/notifications", closed["url"], f"{lively['url']}?react=6", "/settings/drafts",
           f"/t/{lively['id']}/replies/1/flag")  # fmt: skip
    staff = (*edits, lively["url"], closed["url"], f"{closed['url']}?post_anyway=1", f"{lively['url']}/delete",
             f"{lively['url']}/timers", f"/t/{lively['id']}/replies/1/edit", f"/t/{lively['id']}/replies/1/delete",
             f"{lively['url']}?reply_to=2")  # fmt: skip
    for action in ("hide", "spam", "trash"):
        reason = "Because of what it says, at some length. " * 8
        put_away = bob.replies(lively, BODY)
        mona.call("put", f"/api/v1/replies/{put_away['id']}/moderation", action=action, reason=reason)
    own_decisions = bob.call("get", "/api/v1/decisions")["items"]
    for each in own_decisions[:2]:
        bob.call("post", f"/api/v1/decisions/{each['id']}/appeal", reason=f"It is {LONG}. " * 6)
    queue = tuple(f"/mod/queue?show={show}" for show in ("waiting", "flagged", "hidden", "spam", "rejected", "trash"))
    closings = ("/mod/reasons", "/mod/log", "/mod/closings", "/mod/closings?show=closed", *ruled(mona))
    return [
        *((alice, path) for path in own),
        *((mona, path) for path in (*staff, *queue, *closings, "/mod/appeals", own_decisions[0]["url"])),
        *((bob, path) for path in ("/decisions", own_decisions[0]["url"], own_decisions[-1]["url"])),
        *((guest, path) for path in guest_pages),
    ]


def test_every_page_is_accessible_and_fits(visit: Visit) -> None:
    alice, bob = visit("alice"), visit("bob")
    mona = visit("mona", role="moderator")
    guest, ada = visit(), visit("ada")
    found: list[str] = []
    admins = [(ada, path) for path in ("/admin", "/admin/import", f"/u/{bob.username}")]
    ada.call("put", f"/api/v1/categories/general/moderators/{bob.username}")
    grants(ada, "PT1H")
    for who, path in [*furnish(alice, bob, mona, guest), *notified(alice, bob, mona, ada), *admins]:
        page = who.goes(path)
        assert page.locator("h1").count() == 1, f"{path}: {page.title()}"
        page.evaluate(AXE)
        for panel in page.locator("details:is(.panel, .moderate) > summary").all():
            panel.click()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} at {width}: {remark}" for remark in (*axe(page), *small_targets(page))]
            page.emulate_media(color_scheme="dark")
            found += [f"{path} at {width}, dark: {remark}" for remark in axe(page, COLOURS)]
            page.emulate_media(color_scheme="light")
        for width in (1600, 1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} at {width}: {remark}" for remark in sideways(page)]
    grants(ada, "PT0S")
    assert not found, "\n".join(found)


def test_the_dark_theme_changes_colours_and_nothing_else() -> None:
    sheet = ASSETS["parley.css"].plain.decode()
    (dark,) = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", sheet, re.DOTALL)
    assert sheet.count("prefers-color-scheme") == 1
    assert re.fullmatch(r"(\s*--[\w-]+: #[0-9a-f]{6};)+\s*", dark)


def axe(page: Page, options: dict[str, Any] = OPTIONS) -> list[str]:
    """What axe finds, of any severity."""
    violations = page.evaluate("(options) => axe.run(document, options).then((found) => found.violations)", options)
    return [f"{each['id']}: {node['html'][:160]}" for each in violations for node in each["nodes"]]


def sideways(page: Page) -> list[str]:
    """How far the page scrolls sideways, if it does."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {over} px"] if over > 0 else []


def small_targets(page: Page) -> list[str]:
    """Controls under 24 px high or wide that are not words in a sentence (WCAG 2.2, 2.5.8)."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button, select, textarea, summary, input:not([type=hidden])')]
        .filter((each) => each.checkVisibility() && !each.closest('[aria-hidden=true]'))
        .map((each) => [each.closest('label') ?? each, each])
        .filter(([area]) => { const box = area.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
        .map(([, each]) => `too small: ${each.outerHTML.slice(0, 120)}`)"""
    )
    return found


def test_a_first_visit_is_light_and_nothing_shifts(visit: Visit) -> None:
    alice, bob, guest = visit("alice"), visit("bob"), visit()
    thread = alice.opens(body=BODY)
    alice.replies(thread, "One.")
    alice.replies(thread, "Two.")
    for who in (guest, bob):
        sizes = loads(who, thread["url"])
        assert who.page.evaluate("window.shift") == 0
        assert len(sizes) <= 6, sizes
        assert sizes[0][1] <= 12_000, sizes[0]
        assert sum(size for _, size in sizes) <= 40_000
        assert sum(url.endswith(".js") for url, _ in sizes) == 1, sizes
        assert all(url.startswith(who.site) for url, _ in sizes)


def loads(who: Visitor, path: str) -> list[tuple[str, int]]:
    """Opens a page in a browser that has kept nothing; gives what it asked for, in order, and the bytes of the answers.

    `window.shift` says how far anything moved while it was drawn.
    """
    sizes: list[tuple[str, int]] = []
    who.page.context.new_cdp_session(who.page).send("Network.clearBrowserCache")
    who.page.on("requestfinished", lambda request: sizes.append((request.url, request.sizes()["responseBodySize"])))
    who.page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) "
        "window.shift += entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    who.goes(path).wait_for_load_state("networkidle")
    return sizes


def test_a_line_of_text_is_about_65_characters(visit: Visit) -> None:
    alice = visit("alice")
    words = "the bars stood closest together around one water pump and what he had drawn was an argument " * 20
    page = alice.goes(alice.opens(body=words)["url"])
    lines = page.evaluate(
        """() => { const text = document.querySelector('.opening .prose p').firstChild, range = document.createRange();
        const lines = new Map();
        for (let at = 0; at < text.length; at++) { range.setStart(text, at); range.setEnd(text, at + 1);
        const top = Math.round(range.getBoundingClientRect().top); lines.set(top, (lines.get(top) ?? 0) + 1) }
        return [...lines.values()].slice(0, -1) }"""
    )
    assert 58 <= sum(lines) / len(lines) <= 74, lines
