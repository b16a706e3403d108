"""Bad values in every field of every form that any page shows: never a 5xx, and what no text may hold is not stored."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote_plus

import httpx
import pytest
from fastapi.routing import APIRoute

from service import wiring
from service.notifications.policy import list_path, unsubscribe_path
from service.notifications.policy.review_links import ReviewLink
from service.notifications.policy.statement_links import statement_link
from tests.api.stage import Stage, mail_one
from tests.api.test_bad_bodies import count_rows
from tests.api.worked import given_up, told, tried, waiting
from tests.build import logged
from tests.pages.reading import FORM, Element, parse, values_of

pytestmark = pytest.mark.anyio

SCREENS = {
    "guest": ["/register", "/sign-in", "/first-admin?token=nonsense"],
    "alice": [
        "/", "/new", "/t/1/x", "/t/1/x?reply_to=1", "/t/1/x/edit", "/t/1/replies/1/edit",
        "/t/1/replies/1/delete", "/t/1/x/timers", "/settings", "/notifications", "/settings/notifications",
    ],
    "bob": [
        "/t/1/waiting/3/edit", "/t/1/waiting/3/delete", "/t/1/replies/1/flag", "/t/1/x/flag", "/t/1/x?react=1",
        "/settings/drafts", "/settings/following", "/c/general", "/tags/amnesty",
    ],
    "mona": [
        "/mod/rules", "/mod/rules/new?kind=words", "/mod/rules/5", "/mod/rules/backtests/1",
        "/mod/queue", "/mod/queue?show=flagged&author=x", "/mod/reasons", "/mod/log", "/mod/closings",
        "/mod/closings?show=closed", "/t/1/x", "/t/1/x/delete",
        "/t/1/x/revisions",
        "/t/1/replies/1/revisions", "/t/1/x/timers", "/u/bob",
    ],
    "ada": ["/admin", "/admin/import", "/admin/jobs", "/u/bob"],
}  # fmt: skip
"""Who looks at which screens to find the forms."""

UNSTORABLE = {"NUL": b"%00", "no UTF-8": b"text%ff%fe", "half a pair": b"text%ed%a0%80", "an overlong slash": b"%c0%af"}
STRANGE = {
    "nothing": b"",
    "much": b"x" * 40_000,
    "a bidi override": b"%e2%80%ae",
    "markup": b"%3Cscript%3Ealert(1)%3C/script%3E",
}
NO_CHOICE = {
    "nothing": b"",
    "a number": b"9" * 400,
    "negative": b"-1",
    "no such choice": b"nonsense",
    "a broken escape": b"%zz%",
} | UNSTORABLE
"""For what a person does not type: hidden fields, choices, buttons."""

TEXTS = {"text", "email", "password", "search", "url", ""}


@dataclass(frozen=True)
class Found:
    """One button of one form on one screen: who sees it, where it goes, and what it would send."""

    who: str
    target: str
    values: dict[str, str]
    texts: frozenset[str]

    def body(self, field: str, raw: bytes) -> bytes:
        """The form's body with the raw bytes in place of one field's value."""
        pairs = [
            quote_plus(name).encode() + b"=" + (raw if name == field else quote_plus(value).encode())
            for name, value in self.values.items()
        ]
        return b"&".join(pairs)


def forms_on(page: Element, who: str, address: httpx.URL) -> list[Found]:
    """Every form of a page that posts, once for each of its buttons."""
    found = []
    for form in page.all("form", method="post"):
        target = str(address.join(form.attributes.get("action", "").partition("#")[0] or str(address)))
        typed = [control for control in form.all("input") if control.attributes.get("type", "") in TEXTS]
        texts = frozenset(control.attributes.get("name", "") for control in [*typed, *form.all("textarea")])
        for button in form.all("button"):
            pressed = {button.attributes["name"]: button.attributes["value"]} if "name" in button.attributes else {}
            found.append(Found(who, target, values_of(form) | pressed, texts))
    return found


async def decided(stage: Stage) -> dict[str, list[str]]:
    """Three decisions about alice: one that she may appeal, one appealed, and one that a letter's link leads to."""
    for title in ("Gone", "Gone as well", "Gone for good"):
        thread = await stage.must("alice", "POST", "/threads", {"title": title, "body": f"{title}, this text."})
        await stage.must("mona", "PUT", f"/threads/{thread['id']}/moderation", {"action": "hide"})
    first, second, third = (each["id"] for each in (await stage.must("alice", "GET", "/decisions"))["items"])
    await stage.must("alice", "POST", f"/decisions/{first}/appeal", {"reason": "Why?"})
    at = stage.app.state.database.clock.now()
    link = statement_link(stage.app.state.secret, stage.people["alice"].id, third, at)
    return {"alice": [f"/decisions/{second}"], "ada": ["/mod/appeals"], "guest": [link]}


async def every_form(stage: Stage) -> list[Found]:
    """All forms of all screens, the same form of the same person once; what ends something comes last."""
    await told(stage)
    await waiting(stage)
    await given_up(stage)
    await tried(stage)
    await stage.must("alice", "PATCH", "/threads/1", {"tags": ["Amnesty"]})
    found: dict[tuple[object, ...], Found] = {}
    for post in ("/threads/1", "/replies/1"):
        await stage.must("alice", "PATCH", post, {"body": "Who came home?"})  # so that there is an earlier text
    await stage.must("bob", "PUT", "/threads/1/draft", {"body": "The numbers hide"})
    await stage.must("mona", "POST", "/threads", {"title": "Soon", "body": "x", "closing": {"close_after_age": "P9D"}})
    closed = await stage.must("mona", "POST", "/threads", {"title": "Closed", "body": "x"})
    await stage.must("mona", "PUT", f"/threads/{closed['id']}/closure")
    way_out = unsubscribe_path(stage.app.state.secret, 1, 1)  # where a letter about the first thread leads
    out_of_list = list_path(stage.app.state.secret, 2, "digest")
    until = stage.app.state.database.clock.now() + timedelta(days=1)
    decide = ReviewLink(stage.people["mona"].id, 1, 1, "approve", until).path(stage.app.state.secret)
    await stage.app.state.database.write(mail_one, "<back@forum.example>")
    await stage.must("ada", "POST", "/mail/bounces", {"message_id": "<back@forum.example>", "kind": "complaint"})
    links = await decided(stage)
    for who, paths in SCREENS.items():
        for path in [*paths, *links.get(who, ()), *([way_out, out_of_list, decide] if who == "guest" else [])]:
            shown = await stage.client(who).get(path, follow_redirects=True)
            assert shown.status_code < 500, path
            for form in forms_on(parse(shown.text), who, shown.url):
                found.setdefault((who, form.target, tuple(sorted(form.values)), form.values.get("do")), form)
    return sorted(found.values(), key=lambda form: [end in form.target for end in ("delete", "sign-out")][::-1])


async def send(stage: Stage, form: Found, body: bytes) -> httpx.Response:
    """Send a form's body as its own person."""
    return await stage.client(form.who).post(form.target, content=body, headers=FORM)


async def test_every_form_route_is_on_some_screen(stage: Stage) -> None:
    patterns = [
        route.path_regex
        for router in wiring.PAGES
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    ]
    targets = [httpx.URL(form.target).path for form in await every_form(stage)]
    unseen = [pattern.pattern for pattern in patterns if not any(pattern.match(target) for target in targets)]
    assert unseen == [r"^/first\-admin$"], "its screen takes a link that only works while there is no admin"


async def test_what_no_text_may_hold_is_refused_and_stores_nothing(stage: Stage) -> None:
    forms = await every_form(stage)
    await logged(stage.app.state.database)
    before = await stage.app.state.database.read(count_rows)
    wrong = []
    for form in forms:
        for field in sorted(form.texts & form.values.keys()):
            for label, raw in UNSTORABLE.items():
                answer = await send(stage, form, form.body(field, raw))
                if not 400 <= answer.status_code < 500:
                    wrong.append(
                        f"{form.who} {form.target} {form.values.get('do')} {field}: {label}: {answer.status_code}"
                    )
    assert not wrong, "\n".join(wrong)
    after = await stage.app.state.database.read(count_rows)
    assert {name for name in after if after[name] != before[name]} <= {"rate_count"}


@pytest.mark.sqlite_only("screens refuse these before any statement; strange bodies are tried on both")
async def test_strange_values_never_break_a_screen(stage: Stage) -> None:
    wrong = []
    for form in await every_form(stage):
        for field in form.values:
            for label, raw in (STRANGE if field in form.texts else NO_CHOICE).items():
                answer = await send(stage, form, form.body(field, raw))
                if answer.status_code >= 500:
                    wrong.append(f"{form.who} {form.target} {field}: {label}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_the_first_admins_form_takes_nothing_bad(stage: Stage) -> None:
    for raw in (STRANGE | UNSTORABLE).values():
        fields = [name + b"=" + raw for name in (b"token", b"username", b"email", b"password", b"display_name")]
        answer = await stage.guest.post("/first-admin", content=b"&".join(fields), headers=FORM)
        assert 400 <= answer.status_code < 500, raw


@pytest.mark.parametrize(
    ("kind", "body", "statuses"),
    [
        ("application/x-www-form-urlencoded", b"", {401, 403, 422}),
        ("application/x-www-form-urlencoded", b"&=&&==&%=%", {400, 401, 422}),
        ("application/x-www-form-urlencoded", b"a=1&" * 10_000, {400}),
        ("application/x-www-form-urlencoded", b"body=" + b"%00" * 300_000, {422}),
        ("application/x-www-form-urlencoded", b"\xff\xfe=1", {422}),
        ("application/x-www-form-urlencoded", b"%ed%a0%80=1&body=x", {422}),
        ("application/x-www-form-urlencoded", b"x" * 1_000_001, {413}),
        ("application/json", b'{"title": "x", "body": "x"}', {400}),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=body\r\n\r\nx\r\n--x--",
            {400},
        ),
        ("multipart/form-data", b"no boundary", {400}),
        ("text/plain", b"body=x", {400}),
        ("\xff\xfe", b"body=x", {400}),
    ],
)
async def test_a_body_that_is_no_form_is_refused(stage: Stage, kind: str, body: bytes, statuses: set[int]) -> None:
    answer = await stage.client("alice").post("/new", content=body, headers={b"Content-Type": kind.encode("latin-1")})
    assert answer.status_code in statuses, answer.text[:400]
    assert answer.headers["content-type"].startswith("text/html")
