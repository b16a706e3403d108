"""What holds for every page: headers, static files, problems, and forms that no browser sends."""

import httpx
import pytest

from service.pages.problems import REMEDIES, kinds
from service.pages.static import ASSETS, EDITION
from tests.build import a_thread
from tests.cast import Person
from tests.conftest import BASE_URL
from tests.pages.reading import FORM, Element, parse

pytestmark = pytest.mark.anyio
DIRECTIVES = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'", "object-src 'none'",
)  # fmt: skip
PAGES = ("/", "/c/general", "/register", "/sign-in", "/problems/thread-closed", "/nowhere", "/c/nowhere", "/t/999/x")


async def test_every_page_forbids_foreign_code(client: httpx.AsyncClient) -> None:
    for path in PAGES:
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        for directive in DIRECTIVES:
            assert directive in policy, path
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        check_no_code(parse(answer.text))


def check_no_code(page: Element) -> None:
    for element in page.all():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
    assert all(script.attributes["src"].startswith("/static/") for script in page.all("script"))


async def test_every_asset_a_page_names_is_there_for_ever(client: httpx.AsyncClient) -> None:
    page = parse((await client.get("/")).text)
    named = [script.attributes["src"] for script in page.all("script")] + [
        link.attributes["href"] for link in page.all("link") if link.attributes["rel"] != "alternate"
    ]
    for path in named:
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/static/older/parley.css")).headers["cache-control"] == "no-cache"
    assert (await client.get(f"/static/{EDITION}/none.css")).status_code == 404


ELSEWHERE = {"imports.js", "push-worker.js", "push.js", "queue.js", "sources.js", "tags.js"}
"""Files that a thread's page does not load, neither at once nor later."""


async def test_a_thread_page_is_small_and_tells_search_engines_its_address(
    alice: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(by=alice)
    shown = await alice.get(thread["url"])
    addresses = parse((await client.get(f"{thread['url']}?n=1")).text).all("link", rel="canonical")
    assert [each.attributes["href"] for each in addresses] == [BASE_URL + thread["url"]]
    loaded = [asset for name, asset in ASSETS.items() if name not in ELSEWHERE]
    assert len(shown.content) < 12_000
    assert sum(len(asset.packed) for asset in loaded) < 24_000


async def test_robots_are_told_what_to_leave_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Disallow: /api/" in answer.text


async def test_every_problem_has_a_page_that_explains_it(client: httpx.AsyncClient) -> None:
    for code, kind in kinds().items():
        answer = await client.get(f"/problems/{code}")
        assert answer.status_code == 200
        assert code in REMEDIES, f"pages/problems.py does not say what to do about {code}"
        assert parse(answer.text).one("h1").text == kind.title


async def test_an_unknown_problem_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/problems/no-such-thing")).status_code == 404


async def test_a_missing_page_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert answer.status_code == 404
    assert parse(answer.text).one("h1").text == "Not found"


ODD_FORMS = [
    (b"body=%ff%fe", FORM),
    (b"body=%00", FORM),
    (b"%00=x", FORM),
    (b"&" * 100, FORM),
    (b"=&&==", FORM),
    (b"", FORM),
    (b"do=%ed%a0%80", FORM),
    (b'{"body": "x"}', {"Content-Type": "application/json"}),
    (b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}),
    (b"idempotency_key=" + b"k" * 300 + b"&body=x", FORM),
    (b"idempotency_key=a%20b&body=x", FORM),
    (b"body=x&parent=99999999999999999999", FORM),
    (b"body=x&parent=-1", FORM),
    (b"body=x&do=close&reason=" + b"r" * 501, FORM),
    (b"do=policy&closes_at_mode=value&closes_at=9999-99-99T00:00", FORM),
    (b"do=policy&closes_at_mode=value&closes_at=0001-01-01T00:00", FORM),
    (b"do=no-such-deed", FORM),
]


async def test_odd_forms_are_refused_with_a_page(mona: Person) -> None:
    thread = await a_thread(by=mona)
    for body, headers in ODD_FORMS:
        for path in (thread["url"], "/new", f"{thread['url']}/edit", "/settings", "/notifications", "/sign-in"):
            answer = await mona.client.post(path, content=body, headers=headers)
            assert answer.status_code < 500, f"{path}: {body!r}"
            assert path != thread["url"] or answer.status_code >= 400, f"{path}: {body!r}"
    assert (await mona.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 0


ODD_ADDRESSES = (
    "/t/0/x", "/t/abc/x", "/t/99999999999999999999/x", "/t/1/x?page=0", "/t/1/x?page=x", "/?before=%00", "/u/%00",
    "/t/1/edit/more", "/problems/..%2f", "/static/x/..%2f..%2fforms.py", "/c/%F0%9F", "/new?category=%00", "/settings/",
)  # fmt: skip


async def test_odd_addresses_are_refused_with_a_page(alice: Person) -> None:
    for path in ODD_ADDRESSES:
        answer = await alice.get(path)
        assert answer.status_code in (404, 422), f"{path}: {answer.status_code}"
        assert answer.headers["content-type"].startswith("text/"), path


async def test_a_form_from_another_site_is_refused(alice: Person) -> None:
    thread = await a_thread(by=alice)
    answer = await alice.client.post(
        thread["url"],
        content="body=x",
        headers=FORM | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert (await alice.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 0


SCRIPT = "<script>alert(1)</script>"
BREAKOUT = '"></textarea><img src=x onerror=alert(1)>{{1234*5678}}'


async def test_what_people_write_stays_text(alice: Person) -> None:
    for typed in (SCRIPT, BREAKOUT):
        await alice.patch("/api/v1/me", {"display_name": typed})
        thread = await a_thread(by=alice, title=typed, body=typed)
        url = thread["url"]
        for path in (url, "/", "/u/alice", f"{url}/edit", f"{url}/delete", "/settings"):
            page = parse((await alice.get(path)).text)
            check_no_code(page)
            assert not page.all("img")
            assert "7006652" not in page.one("main").text
        assert parse((await alice.get(url)).text).one("h1").text == typed
