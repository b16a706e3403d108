"""What a browser loads on its first visit to a thread: bytes on the wire, requests, what moves on the page; and what
Lighthouse says of it, where there is one.
"""

import asyncio
import random
from typing import Final

import httpx
from playwright.async_api import Browser, Request, async_playwright

from bench import lighthouse
from bench.seed import REPLY_LENGTH, Person, text
from bench.servers import Server, on_cores, temporary_folder
from bench.stage import Stage
from tests.provision.chromium import launch_options

SHIFTS: Final = """
window.shifted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifted += entry.value; })
    .observe({type: "layout-shift", buffered: true});
"""
AFTER: Final = 2.0
"""Seconds after the load for what comes late."""
ROUNDS: Final = 3
"""Runs of Lighthouse over the thread's page; the others get one."""
ELSEWHERE: Final = ("/", "/c/general", "/tags", "/u/alice")
PATIENCE: Final = 30.0
"""Seconds for one answer's size; a stream that stays open has none."""


async def run(stage: Stage) -> None:
    """One visit with scripts, with an empty cache."""
    with temporary_folder() as folder, stage.embedded(folder) as server:
        address = await asyncio.to_thread(a_thread, server)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options())
            sizes, shift, asked = await visit(browser, address)
            await browser.close()
        page = packed_size(address)
        with on_cores(stage.every_core):
            await judge(stage, address)
    stage.record.figures |= {
        "wire.page": page / 1000,
        "wire.visit": sum(sizes.values()) / 1000,
        "wire.requests": asked,
        "wire.shift": shift,
    }
    listed = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    stage.record.remarks.append(f"first visit, bytes of each answer's body on the wire: {listed}")


async def judge(stage: Stage, address: str) -> None:
    """Lighthouse's figures of the thread for both of its presets, and of the other pages that guests come to."""
    command = lighthouse.found(stage.lighthouse)
    if not command:
        stage.record.failed["wire.lighthouse"] = "no Lighthouse here (--lighthouse)"
        return
    rounds, (site, _, _) = 1 if stage.quick else ROUNDS, address.partition("/t/")
    verdicts = [await lighthouse.look(command, address, preset, rounds) for preset in lighthouse.PRESETS]
    said = [f"{preset} {verdict}" for preset, verdict in zip(lighthouse.PRESETS, verdicts, strict=True)]
    for path in () if stage.quick else ELSEWHERE:
        said.append(f"{path} {await lighthouse.look(command, site + path, 'mobile', 1)}")
    stage.record.figures["wire.lighthouse"] = min(verdict.least for verdict in verdicts)
    stage.record.remarks.append(f"Lighthouse ({', '.join(lighthouse.CATEGORIES)}): {', '.join(said)}")


def a_thread(server: Server) -> str:
    """The address of a thread with two replies of the usual length."""
    chance = random.Random(2)
    alice, bob = Person(server.port, "alice"), Person(server.port, "bob")
    thread = alice.post("/threads", title="What a visit takes", body=text(chance, REPLY_LENGTH))
    for _ in range(2):
        bob.post(f"/threads/{thread['id']}/replies", body=text(chance, REPLY_LENGTH))
    return f"http://127.0.0.1:{server.port}{thread['url']}"


async def visit(browser: Browser, address: str) -> tuple[dict[str, int], float, int]:
    """Bytes of every answer by its path, how much the layout moved, and how many requests there were."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.add_init_script(SHIFTS)
    asked: list[Request] = []
    finished: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.on("requestfinished", lambda request: finished.append(request))
    await page.goto(address, wait_until="load")
    await asyncio.sleep(AFTER)
    shift = float(await page.evaluate("window.shifted"))
    sizes: dict[str, int] = {}
    for request in finished:
        found = await asyncio.wait_for(request.sizes(), PATIENCE)
        sizes[request.url.split("/", 3)[3].partition("?")[0]] = found["responseBodySize"]
    await context.close()
    return sizes, shift, len(asked)


def packed_size(address: str) -> int:
    """Bytes of the page's body as a browser asks for it."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"}) as answer:
        return sum(map(len, answer.iter_raw()))
