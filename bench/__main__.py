"""`python -m bench`: measure the real server and print every budget beside its figure.

python -m bench                     everything, about ten minutes; writes docs/performance.md, docs/scale.md and plots
python -m bench --quick             a smoke run: one short round, our own generator, no figure to be quoted
python -m bench --only size telling some parts; with --into-last their figures go into the record of the last whole run
python -m bench --peers --full      WordPress too (installed with apt, as root); as many watchers as the budget says
"""

import argparse
import asyncio
import contextlib
import os
import platform
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from bench import capacity, peers, plots, report, wrk
from bench.measure import Pace, Yardstick
from bench.parts import embedded, hot, postgresql, processes, size, streams, telling, visit
from bench.parts import peers as beside
from bench.record import LAST, Record
from bench.servers import calibration, cores, on_cores
from bench.stage import Stage
from tests.provision import Missing

FULL: Final = Pace(rounds=5, seconds=1, with_wrk=wrk.installed())
QUICK: Final = Pace(rounds=1, seconds=0.4, with_wrk=False)

PARTS: Final[dict[str, Callable[[Stage], Awaitable[None]]]] = {
    "embedded": embedded.run,
    "postgresql": postgresql.run,
    "size": size.run,
    "telling": telling.run,
    "hot": hot.run,
    "streams": streams.run,
    "visit": visit.run,
    "processes": processes.run,
    "isso": beside.isso,
    "wordpress": beside.wordpress,
}
IN_QUICK: Final = ("embedded", "postgresql")
MOST: Final = 360
"""Seconds after which a part is given up; with --full, four times as many."""
KEYS: Final = {
    "visit": ("wire",), "telling": ("telling_postgresql",), "postgresql": ("reply_postgresql",),
    "embedded": ("guest", "known", "first", "signed_in", "list", "list_first", "json", "json_first", "reply", "rest"),
}  # fmt: skip
"""Which figures a part gives, where they are not called after it."""


def main() -> int:
    """Read the arguments, measure, print. The exit code is 0 when everything could be measured, whatever came out."""
    chosen = arguments()
    asked = IN_QUICK if chosen.quick else PARTS
    names = chosen.only or [name for name in asked if name != "wordpress" or chosen.peers]
    record, pace = Record(), QUICK if chosen.quick else FULL
    record.peers = [peer.as_row() for peer in peers.MEASURED.values()]
    servers_core, own_core = cores()
    driven = generator(pace)
    print(f"cores: servers on {places(servers_core)}, load on {places(own_core)}; {driven}", flush=True)
    with on_cores(own_core), ExitStack() as stack:
        with on_cores(servers_core):
            yardstick = Yardstick(stack.enter_context(calibration()), pace)
        stage = Stage(yardstick, servers_core, record, chosen.quick, chosen.full, chosen.lighthouse)
        for name in names:
            measure(name, stage)
    record.about = [*about(yardstick), f"parts: {', '.join(names)}; {driven}"]
    if not chosen.peers and "wordpress" not in names:
        record.remarks.append("WordPress was not run beside (--peers); its figures are those measured before")
    keep(record, chosen, whole=not chosen.only and not chosen.quick)
    return 1 if record.failed else 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Parley's benchmarks")
    parser.add_argument("--quick", action="store_true", help="one short round of each work")
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), help="some parts")
    parser.add_argument("--into-last", action="store_true", help="put them into the last whole run's record and tables")
    parser.add_argument("--full", action="store_true", help="100,000 watchers")
    parser.add_argument("--lighthouse", default="", help="the command that runs Lighthouse (npm install lighthouse)")
    parser.add_argument("--peers", action="store_true", help="install WordPress with apt and measure it beside")
    return parser.parse_args()


def measure(name: str, stage: Stage) -> None:
    """One part; what goes wrong in it is written down, and the others are measured all the same."""
    print(f"{datetime.now(UTC):%H:%M:%S} {name} ...", file=sys.stderr, flush=True)

    def too_long(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"took longer than {MOST} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(MOST * 4 if stage.full or name == "wordpress" else MOST)
    try:
        asyncio.run(PARTS[name](stage))  # type: ignore[arg-type]
    except Missing as missing:
        failed(stage.record, name, f"not installed: {missing}")
    except Exception as error:  # a part that breaks must not cost the run
        traceback.print_exc()
        failed(stage.record, name, f"{type(error).__name__}: {error}".splitlines()[0])
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def failed(record: Record, name: str, why: str) -> None:
    """Say it of the part, and of every figure that it did not come to give."""
    record.failed |= dict.fromkeys((name, *KEYS.get(name, ())), why)
    record.remarks.append(f"{name} was not measured to its end: {why}")


def keep(record: Record, chosen: argparse.Namespace, *, whole: bool) -> None:
    """Print it; write it down where it is a whole run, or belongs to one."""
    path = report.ROOT / LAST
    if chosen.into_last and path.exists():
        earlier = Record.load(path)
        earlier.take(record)
        record = earlier
    for heading, text in report.sections(record).items():
        print(f"\n{heading}\n\n{text}")
    print(f"\n{report.summary(record)}")
    if whole or chosen.into_last:
        record.save(path)
        report.write(report.PAGE, report.sections(record))
        report.write(capacity.PAGE, capacity.sections(record))
        plots.draw(record)
        print("docs/performance.md, docs/scale.md and docs/images are written")


def about(yardstick: Yardstick) -> list[str]:
    """The machine, the calibration, and how restless the machine was."""
    sizes = ", ".join(
        f"{size:,} bytes {sorted(rates)[len(rates) // 2]:,.0f}/s ({len(rates)} looks)"
        for size, rates in yardstick.rates.items()
    )
    machine = (
        f"{datetime.now(UTC):%d %B %Y %H:%M} UTC, Python {platform.python_version()}, {os.cpu_count()} cores, {model()}"
    )
    if not yardstick.rates:
        return [machine]
    return [
        machine,
        f"calibration (bare uvicorn): {sizes}; {yardstick.cpu_each:.4f} CPU ms a request",
        f"noise (fastest to slowest look at the same calibration): {yardstick.noise:.2f}",
    ]


def model() -> str:
    """The processor's name, where Linux tells it."""
    with contextlib.suppress(OSError, StopIteration), open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.machine()


def places(chosen: set[int]) -> str:
    """Cores in words."""
    return ", ".join(map(str, sorted(chosen))) or "any"


def generator(pace: Pace) -> str:
    """Who drives, and how busy the machine is."""
    busy = f"load average before {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"driven by {'wrk, and what changes by our own' if pace.with_wrk else 'our own'} generator; {busy}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
