"""What is driven: each work, and how it is asked for."""

from dataclasses import dataclass

from bench.load import Requests, get, post
from bench.seed import Seeded, a_reply

READERS, WRITERS = 8, 16
"""Connections."""
CALIBRATION_SIZE = 20_000
"""Bytes of the calibration's answer beside a reply; beside a page it is as long as the page."""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of request. `key` names its figures in a record; `path` and `headers` are what a size is taken of, and
    what a generator can repeat that can only repeat itself: `varied` requests are driven by our own. With `jobs` its
    follow-up is waited for and weighed apart.
    """

    name: str
    key: str
    requests: Requests
    status: int = 200
    connections: int = READERS
    path: str = ""
    headers: tuple[str, ...] = ()
    jobs: bool = False
    varied: bool = False


def repeated(name: str, key: str, path: str, *headers: str, status: int = 200) -> Work:
    """The same GET again and again."""
    return Work(name, key, get(path, *headers), status, path=path, headers=headers)


def first_times(name: str, key: str, path: str, *headers: str) -> Work:
    """A GET as if it were the first of its kind: what a page costs of which nothing was kept. Parley neither answers it
    from what it keeps nor keeps its answer.
    """
    asked = (*headers, "Cache-Control: no-store")
    return Work(name, key, get(path, *asked), path=path, headers=asked, varied=True)


def reads(seeded: Seeded, etag: str | None) -> list[Work]:
    """Everything that is read; `etag` is that of the thread's page, if it has one."""
    page, replies = seeded.page, seeded.json_replies
    works = [repeated("thread page, 50 replies, guest, unchanged", "guest", page)]
    if etag:
        works.append(repeated("the same, If-None-Match", "known", page, f"If-None-Match: {etag}", status=304))
    return [
        *works,
        repeated("the same, gzip", "packed", page, "Accept-Encoding: gzip"),
        first_times("the same, drawn for the first time", "first", page),
        repeated("thread page, 50 replies, signed in", "signed_in", page, f"Cookie: {seeded.cookie}"),
        repeated("thread list, 30 threads, guest, unchanged", "list", "/"),
        first_times("the same list, drawn for the first time", "list_first", "/"),
        repeated("JSON of 50 replies, unchanged", "json", replies),
        first_times("the same JSON, made for the first time", "json_first", replies),
    ]


def a_durable_reply(seeded: Seeded, where: str, key: str) -> Work:
    """A reply by token, in as many threads as there are clients, each with its event and its jobs."""
    threads = seeded.written_in
    requests = post(
        lambda number: f"/api/v1/threads/{threads[number % len(threads)]}/replies",
        a_reply,
        f"Authorization: Bearer {seeded.token}",
    )
    return Work(f"a durable reply, {where}", key, requests, 201, WRITERS, jobs=True)
