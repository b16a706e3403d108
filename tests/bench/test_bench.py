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

from bench import capacity
from bench.budgets import BUDGETS
from bench.load import drive, get, percentiles, post
from bench.measure import Result
from bench.record import Record
from bench.report import PAGE, between, sections, shown, summary, table, verdict
from bench.seed import BODY, REPLY_LENGTH, a_reply, text
from bench.works import Work

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]


def test_the_quick_form_measures_both_databases_to_their_end() -> None:
    command = [sys.executable, "-m", "bench", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    parts = re.split(r"\n(\w+)\n\n\|", done.stdout)
    driven = {cells[0]: cells for cells in lines_of_table(parts[parts.index("works") + 1])}
    kept = "thread page, 50 replies, guest, unchanged"
    assert {kept, "a durable reply, SQLite", "a durable reply, PostgreSQL"} <= set(driven)
    for name, rate, ratio, cpu, p50, p99, size, wrong in driven.values():
        assert 0.5 < number(rate) < 100_000, name
        assert 0 < number(ratio) < 1.5, name
        assert 0.01 < number(cpu) < 2000, name
        assert 0 < number(p50) <= number(p99) < 60_000, name
        assert wrong == "0", name
        assert name.startswith("a durable") or "If-None-Match" in name or number(size) > 1000, name
    assert number(driven[kept][6]) > 50 * REPLY_LENGTH
    stale = next(bound for bound in BUDGETS if bound.key == "guest.stale")
    assert re.search(rf"\| 0 +\| {stale.what} +\| ≤ 0 +\| pass", done.stdout)
    assert "noise" in done.stdout


def lines_of_table(printed: str) -> list[list[str]]:
    """The cells of the first table's rows, after its two heading lines."""
    found = printed.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[2:]]


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


def test_every_budget_has_its_verdict_and_what_is_missing_says_why() -> None:
    assert len({bound.key for bound in BUDGETS}) == len(BUDGETS) == 49
    record = Record({bound.key: bound.limit for bound in BUDGETS})
    assert summary(record) == "49 budgets: 49 kept, 0 missed, 0 not measured"
    for bound in BUDGETS:
        worse = Record({bound.key: bound.limit + 0.01 if bound.at_most else bound.limit * 0.99})
        assert verdict(bound, worse)[1] == "**miss**", bound
    assert verdict(BUDGETS[0], Record(failed={"guest": "it broke"})) == ("–", "it broke")
    assert verdict(BUDGETS[0], Record()) == ("–", "not part of this run")
    work = Work("a page", "guest", get("/"))
    record = Record()
    record.put(Result(work, 100.0, 0.5, 1.0, 1.0, 2.0, 1234, wrong=3))
    assert record.reason("guest.ratio") == "3 wrong answers"
    assert not record.figures
    again = Record()
    again.put(Result(work, 100.0, 0.5, 1.0, 1.0, 2.0, 1234, wrong=0))
    record.take(again)
    assert (record.figures["guest.ratio"], record.failed, len(record.works)) == (0.5, {}, 1)


def test_tables_are_written_between_their_markers_and_nowhere_else(tmp_path: Path) -> None:
    assert [shown(figure) for figure in (0, 0.01234, 0.1234, 1.234, 12.34, 1234.5)] == [
        "0", "0.0123", "0.123", "1.23", "12.3", "1,234",
    ]  # fmt: skip
    assert len({len(line) for line in table(("a", "b"), [("long", "1"), ("x", "12,345")], 2).splitlines()}) == 1
    record = Record({"guest.ratio": 0.5}, remarks=["a remark"])
    record.point("size", place=0, size=100, cpu=1.25, p50=1.5)
    record.point("processes", processes=2, kept=1, drawn=2, reply=3, reply_cpu=4)
    record.save(tmp_path / "last.json")
    parts = sections(Record.load(tmp_path / "last.json"))
    page = PAGE.read_text(encoding="utf-8")
    written = between(page, parts)
    assert all(part in written for part in parts.values())
    assert between(written, sections(Record())).count("a remark") == page.count("a remark")
    outside = r"<!-- bench:(\w+) -->.*?<!-- /bench:\1 -->"
    assert re.sub(outside, "", page, flags=re.DOTALL) == re.sub(outside, "", written, flags=re.DOTALL)
    with pytest.raises(ValueError, match="bench:budgets"):
        between("no markers", parts)
    busy = {"app": 2.0, "worker": 0.0, "database": 1.0, "generator": 0.2, "cores": 1.6, "rate": 500.0, "times": 1.0}
    figures = {"guest.cpu": 0.07, "reply_postgresql.jobs_cpu": 7.0, "telling.rate": 1000.0}
    shared = [{**busy, "processes": 1.0, "work": 1.0, "most": 1.25}]
    reckoned = capacity.sections(Record(figures, series={"accounts": shared}))
    assert re.search(r"page drawn +\| 1 \+ 1 +\|.* 1.60 \| +500 \| +1.00 \| +1.25 \|", reckoned["accounts"])
    assert between(capacity.PAGE.read_text(encoding="utf-8"), reckoned)
    assert re.search(r"unchanged +\| +0.0700 \| +10,000 \|", reckoned["units"])
    assert re.search(r"PostgreSQL +\| +300 \| +0.01 \| +0.000 \| +0.001 \| +0.083 \|", reckoned["communities"])
