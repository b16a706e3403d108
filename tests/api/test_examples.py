"""The OpenAPI document keeps its word: every example in it, sent to a live server, is answered as it says."""

from typing import Any

import pytest

from tests.api.openapi import Json, Operation, faults, named
from tests.api.sending import example_body, example_values, request_for
from tests.api.stage import Stage
from tests.api.worked import WORKED
from tests.build import logged

pytestmark = pytest.mark.anyio


def success_of(operation: Operation) -> tuple[int, Json]:
    """The status below 300 that the document has the example of, or else the first, and that answer."""
    promised = {int(status): answer for status, answer in operation.spec["responses"].items() if status.startswith("2")}
    shown = {
        status: answer for status, answer in promised.items()
        if "example" in answer.get("content", {}).get("application/json", {})
    }  # fmt: skip
    return min((shown or promised).items(), key=lambda each: each[0])


@pytest.mark.parametrize("operation_id", sorted(WORKED))
async def test_the_worked_example_is_answered_as_written(over_the_wire: Stage, operation_id: str) -> None:
    document = (await over_the_wire.guest.get("/api/v1/openapi.json")).json()
    operation = named(document, operation_id)
    await WORKED[operation_id].prepare(over_the_wire)
    await logged(over_the_wire.app.state.database)  # list_audit shows what stands in the log
    client = over_the_wire.client(WORKED[operation_id].by)
    body = example_body(document, operation)

    answer = await client.send(request_for(client, operation, example_values(operation), body))

    status, promised = success_of(operation)
    assert answer.status_code == status, answer.text
    if "content" not in promised:
        assert answer.content == b""
        return
    media = promised["content"]["application/json"]
    assert answer.headers["content-type"] == "application/json"
    assert faults(document, media["schema"], answer.json()) == []
    assert faults(document, media["schema"], media["example"]) == []
    assert outline(answer.json()) == outline(media["example"])


def outline(value: Any) -> Any:
    """The names in an answer, without the values: an example that lacks a field would not do."""
    if isinstance(value, dict):
        return {key: outline(member) for key, member in value.items()}
    return [outline(item) for item in value[:1]] if isinstance(value, list) else None
