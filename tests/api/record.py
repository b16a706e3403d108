"""`python -m tests.api.record`: send every worked example on a fresh stage and keep what came; with operation ids
behind it, only theirs, and the others stay.

The clock stands still, and secrets are replaced, so that recording twice writes the same file.
"""

import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from service.app import create_app
from service.kit.clock import Clock
from service.settings import load_settings
from service.web.openapi import EXAMPLES, describe
from tests.api.openapi import Json, Operation, operations
from tests.api.sending import example_body, request_for
from tests.api.stage import Stage, set_stage
from tests.api.worked import WORKED
from tests.conftest import VAPID_KEY

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRETS = {"token": "parley_…", "hint": "parley_…", "user_agent": "Mozilla/5.0", "seconds": 0.021}
"""Members that differ from one recording to the next, and what is shown instead."""


class StoppedClock(Clock):
    """A clock that stands still."""

    def settle(self, reading: datetime, source: str = "machine") -> datetime:
        """Always the same moment."""
        return MOMENT + self.offset


def without_secrets(answer: Any) -> Any:
    """The answer with what is secret or never the same replaced."""
    if isinstance(answer, dict):
        return {
            key: SECRETS[key] if key in SECRETS and value else without_secrets(value) for key, value in answer.items()
        }
    return [without_secrets(item) for item in answer] if isinstance(answer, list) else answer


async def record(stage: Stage, document: Json, operation: Operation) -> Json:
    """One example as examples.json keeps it. Raises AssertionError when it does not succeed."""
    worked = WORKED[operation.id]
    await worked.prepare(stage)
    body = example_body(document, operation)
    client = stage.client(worked.by)
    answer = await client.send(request_for(client, operation, worked.parameters, body))
    assert answer.is_success, f"{operation.id}: {answer.status_code} {answer.text}"
    kept: Json = {"parameters": worked.parameters} | ({} if body is None else {"body": body})
    return kept | {"status": answer.status_code, "answer": without_secrets(answer.json()) if answer.content else None}


async def on_a_fresh_stage(operation_id: str) -> Json:
    """Record one operation against an application and a database of its own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = load_settings(data_dir=folder, base_url="http://forum.example", vapid_key=VAPID_KEY)
        app = create_app(settings, clock=StoppedClock(), worker=False)
        await stack.enter_async_context(app.router.lifespan_context(app))

        async def opened() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app)
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=settings.base_url))

        document = describe(app)
        operation = next(one for one in operations(document) if one.id == operation_id)
        return await record(await set_stage(app, settings, opened), document, operation)


async def main() -> None:
    """Record all, or those that are named, and write the file."""
    named = set(sys.argv[1:]) or set(WORKED)
    new = {operation_id: await on_a_fresh_stage(operation_id) for operation_id in WORKED if operation_id in named}
    kept = json.loads(EXAMPLES.read_text(encoding="utf-8")) | new
    recorded = {operation_id: kept[operation_id] for operation_id in WORKED if operation_id in kept}
    EXAMPLES.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
