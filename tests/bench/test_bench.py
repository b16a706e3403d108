"""The benchmarks measure what they say: the quick form runs to its end, and the parts count and judge rightly.

No test here judges speed: a machine that is busy with other things must not fail the suite.
"""

import asyncio
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.load import drive, get, percentiles, post
from bench.measure import Result
from bench.seed import BODY, REPLY_LENGTH, a_reply, text
from bench.table import row, table
from bench.works import Budget, Work

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]


def test_the_quick_form_measures_every_work_on_both_databases() -> None:
    command = [sys.executable, "-m", "bench", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    rows = {cells[0]: cells for cells in lines_of_table(done.stdout)}
    assert {"thread page, 50 replies, guest", "a durable reply, SQLite", "a durable reply, PostgreSQL"} <= set(rows)
    for name, rate, ratio, cpu, p50, p99, size, _, verdict in rows.values():
        assert 0.5 < number(rate) < 100_000, name
        assert 0 < number(ratio) < 1.5, name
        assert 0.02 < number(cpu) < 2000, name
        assert 0 < number(p50) <= number(p99) < 60_000, name
        assert "wrong answers" not in verdict, name
        assert name.startswith("a durable") or number(size) > 1000, name
    assert number(rows["thread page, 50 replies, guest"][6]) > 50 * REPLY_LENGTH
    assert "noise" in done.stdout
    assert "until its jobs were done" in done.stdout


def lines_of_table(printed: str) -> list[list[str]]:
    """The cells of the table's rows, without its two heading lines."""
    found = [line for line in printed.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1:]]


def number(cell: str) -> float:
    return float(cell.replace(",", ""))


@pytest.mark.anyio
async def test_the_generator_counts_what_was_answered_and_what_was_wrong() -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_head(reader):
            length = re.search(rb"Content-Length: (\d+)", request)
            asked.append(request + (await reader.readexactly(int(length[1])) if length else b""))
            status = b"201 Created" if len(asked) % 2 else b"409 Conflict"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        requests = post(lambda n: f"/{n}", lambda n: b"body %d" % n, "X-One: 1")
        driven = await drive(port, requests, status=201, connections=3, seconds=0.2)
    assert driven.answers == len(asked)
    assert driven.wrong == len(asked) // 2
    assert driven.rate == pytest.approx(driven.answers / driven.seconds)
    numbers = sorted(int(re.match(rb"POST /(\d+) HTTP/1.1\r\n", each)[1]) for each in asked)  # type: ignore[index]
    assert numbers == list(range(len(asked)))
    assert all(each.endswith(b"body %d" % int(each.split()[1][1:])) and b"\r\nX-One: 1\r\n" in each for each in asked)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """A request up to the empty line; empty at the end of the connection."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def test_percentiles_are_of_nearest_rank_and_in_milliseconds() -> None:
    assert percentiles([n / 1000 for n in range(1, 101)]) == (51.0, 100.0)
    assert percentiles([]) == (0.0, 0.0)


def test_the_texts_are_always_the_same_and_as_long_as_they_say() -> None:
    assert text(random.Random(1), 600) == text(random.Random(1), 600)
    assert len(text(random.Random(2), 600)) == len(BODY) == REPLY_LENGTH
    assert a_reply(7) != a_reply(8)
    assert len(a_reply(7)) == len(a_reply(8))


def test_a_verdict_is_given_for_each_budget_and_wrong_answers_outweigh_all() -> None:
    work = Work("a page", get("/"), (Budget("ratio", 0.2), Budget("cpu", 8), Budget("p99", 60)))
    judged = row(Result(work, 100.0, 0.2, 8.1, 1.0, 60.0, 1234, wrong=0))
    assert judged[-2:] == ("ratio ≥ 0.2 · CPU ≤ 8 ms · p99 ≤ 60 ms", "pass · miss · pass")
    assert judged[6] == "1,234"
    failed = Result(work, 100.0, 0.5, 1.0, 1.0, 1.0, 0, wrong=3)
    assert row(failed)[-1] == "3 wrong answers"
    assert len({len(line) for line in table([failed]).splitlines()}) == 1
