"""`wrk`, for what is asked in the same words every time: it takes so little CPU that a fast answer is not held up."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.load import Driven

REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"answers": %d, "seconds": %f, "p50": %f, "p99": %f, "wrong": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
"""Lua that prints, as the last line, the members of a Driven. `wrong` counts statuses from 400."""


def installed() -> bool:
    """Whether there is a `wrk` on this machine."""
    return shutil.which("wrk") is not None


async def drive(port: int, path: str, headers: Sequence[str], *, connections: int, seconds: float) -> Driven:
    """GET `path` on so many connections, one thread, for so long (whole seconds, at least one)."""
    with tempfile.TemporaryDirectory(prefix="parley-wrk-") as folder:
        script = Path(folder) / "report.lua"
        script.write_text(REPORT, encoding="utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        command += [part for line in headers for part in ("-H", line)]
        process = await asyncio.create_subprocess_exec(
            *command, f"http://127.0.0.1:{port}{path}", stdout=asyncio.subprocess.PIPE
        )
        shown, _ = await process.communicate()
    return Driven(**json.loads(shown.decode().strip().splitlines()[-1]))
