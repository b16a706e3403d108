"""Answers are compressed for those who want that (RFC 9110 section 12.5.3), and their ETags say which they are."""

import gzip

import httpx
import pytest
from fastapi import FastAPI

from service.web.packing import SMALLEST, accepted, packed_from
from tests.build import a_thread
from tests.cast import Person
from tests.web.test_kept_pages import told

pytestmark = pytest.mark.anyio

WANTED = (
    "gzip", "GZip", " gzip ", "gzip;q=1", "gzip;q=0.001", "gzip ; q=0.5", "gzip\t;\tQ=0.5", "br, gzip",
    "gzip, deflate, br", "*", "x-gzip", "gzip;q=1.000", "br;q=1.0, gzip;q=0.8, *;q=0.1", "identity;q=0.5, gzip",
    "*;q=0.1", ",,gzip,", "identity;q=0.5, *;q=0.5", "gzip;level=9", "*;q=0, gzip", "deflate;q=0, gzip",
)  # fmt: skip
UNWANTED = (
    "", " ", "identity", "br", "deflate, br, zstd", "gzip;q=0", "gzip;q=0.0", "gzip;q=0.000", "gzip; q=0", "GZIP ;Q=0",
    "gzip;q=0, *", "*;q=0", "*;q=0, identity", "identity;q=0", "gzip;q=nan", "gzip;q=-1", "gzip;q=2", "gzip;q=",
    "gzip;q", "gzip;q=0.0001", "identity, gzip;q=0.5", "notgzip", "gzip2", "x=gzip", "gzip " + "," * 300,
)  # fmt: skip
FORCED = ("gzip, identity;q=0", "identity;q=0, *", "gzip;q=0.1,identity;q=0.0")


@pytest.mark.no_database
def test_gzip_is_used_where_it_is_wanted() -> None:
    for sizes, said in ((SMALLEST, WANTED), (None, UNWANTED), (1, FORCED)):
        for each in said:
            assert packed_from(each.encode()) == sizes, each
    lines = [(b"accept-encoding", b"br"), (b"host", b"gzip"), (b"accept-encoding", b"gzip")]
    assert (accepted(lines), accepted([])) == (b"br,gzip", b"")


@pytest.mark.sqlite_only("what an answer travels in is decided behind the database")
async def test_every_door_answers_in_what_its_reader_takes(
    app: FastAPI, client: httpx.AsyncClient, alice: Person
) -> None:
    """Drawn and kept, pages, feeds, JSON and files: the same bytes, told apart by strong ETags, and 304 for either."""
    thread = await a_thread(by=alice, body="word " * 400)
    await told(app)
    page, at = thread["url"], f"/api/v1/threads/{thread['id']}"
    style = (await client.get("/")).text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    for url in (page, at, "/feed.atom", style, "/api/v1/site"):
        for keeps in ("max-age=0", "no-store", "max-age=0"):  # drawn and kept, drawn, kept
            tags: dict[str | None, set[tuple[str | None, bytes]]] = {}
            for said, coding in (
                ("gzip;q=0", None), ("gzip", "gzip"), ("br", None), ("*;q=0", None), ("identity;q=0, gzip", "gzip"),
                ("br;q=1, gzip;q=0.2", "gzip"),
            ):  # fmt: skip
                asked = {"Accept-Encoding": said, "Cache-Control": keeps}
                async with client.stream("GET", url, headers=asked) as answer:
                    raw = b"".join([each async for each in answer.aiter_raw()])
                small = url == "/api/v1/site" and not said.startswith("identity")
                coding = None if small else coding
                assert (answer.status_code, answer.headers.get("content-encoding")) == (200, coding), (url, said)
                assert int(answer.headers["content-length"]) == len(raw), (url, said)
                tags.setdefault(coding, set()).add(
                    (answer.headers.get("etag"), gzip.decompress(raw) if coding else raw)
                )
                assert small or "accept-encoding" in answer.headers["vary"].lower(), (url, said)
                if "etag" not in answer.headers:
                    continue
                for known in (answer.headers["etag"], f'"x" , {answer.headers["etag"]}', "*"):
                    again = await client.get(url, headers=asked | {"If-None-Match": known})
                    assert (again.status_code, again.content) == (304, b""), (url, said, known)
                    assert known == "*" or again.headers["etag"] == answer.headers["etag"]
                    assert again.headers["vary"].endswith("Accept-Encoding"), (url, said, known)
            assert all(len(each) == 1 for each in tags.values()), (url, keeps)
            (plain, body), (packed, same) = tags[None].pop(), tags["gzip"].pop()
            assert body == same
            strong = plain is not None and not plain.startswith("W/")
            assert (plain == packed) is not strong, (url, "a strong ETag is for one sequence of bytes")
    found = await alice.get(at)
    assert found.headers["etag"].endswith('-gzip"')
    edited = await alice.patch(at, {"title": "New", "body": "b"}, headers={"If-Match": found.headers["etag"]})
    assert edited.status_code == 200
    assert (await alice.patch(at, {"title": "N"}, headers={"If-Match": found.headers["etag"]})).status_code == 412
