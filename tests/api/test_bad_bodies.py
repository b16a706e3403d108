"""Bad JSON on every operation that takes a body: a problem that names the field, never a 5xx, nothing stored."""

from typing import Any

import pytest
from sqlalchemy import func, select

from service.kit.database import Session
from service.wiring import METADATA
from tests.api.openapi import Json, faults, named
from tests.api.sending import example_body, request_for
from tests.api.stage import Stage
from tests.api.worked import WORKED
from tests.api.wrong import BODIES, wrong_bodies
from tests.build import logged

pytestmark = pytest.mark.anyio

WITHOUT_BODY = {
    "nothing": {"close_thread"},
    "null": {"close_thread"},
}
"""Operations whose body may be left out."""


def count_rows(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in METADATA.sorted_tables
    }


def operations_with_body() -> list[str]:
    return [
        "register", "change_account", "change_me", "sign_in", "make_token", "make_category", "change_category",
        "open_thread", "edit_thread", "post_reply", "edit_reply", "close_thread", "change_closing",
        "choose_subscription", "choose_category_subscription", "choose_tag_subscription", "read_thread",
        "read_notifications", "change_notification_preferences", "preview_text", "change_site",
        "moderate_thread", "moderate_reply", "decide_review", "retry_dead_jobs",
        "extend_closings", "keep_draft", "preview_policy", "register_device", "reopen_threads", "report_bounce",
        "set_timer", "remove_posts", "pin_thread", "decide_reviews", "appeal_decision", "appeal_review",
        "change_canned_reason", "change_rule", "decide_appeal", "flag_reply", "flag_thread", "make_canned_reason",
        "make_rule", "note_account", "note_review", "suspend_account", "try_rules",
    ]  # fmt: skip


def test_no_operation_with_a_body_is_left_out(document: Json) -> None:
    assert sorted(operations_with_body()) == sorted(n for n in WORKED if named(document, n).body_schema() is not None)


@pytest.mark.parametrize("operation_id", operations_with_body())
async def test_a_bad_body_is_refused_by_name_and_stores_nothing(
    stage: Stage, document: Json, operation_id: str
) -> None:
    operation, worked = named(document, operation_id), WORKED[operation_id]
    schema = operation.body_schema()
    assert schema is not None
    await worked.prepare(stage)
    await logged(stage.app.state.database)
    before = await stage.app.state.database.read(count_rows)
    tries = [(label, sent, "") for label, sent in BODIES.items() if operation_id not in WITHOUT_BODY.get(label, ())]
    tries += wrong_bodies(document, schema, example_body(document, operation))

    wrong = []
    for label, sent, pointer in tries:
        headers = {"Content-Type": "application/json"}
        request = request_for(stage.client(worked.by), operation, worked.parameters, content=sent)
        request.headers.update(headers)
        answer = await stage.client(worked.by).send(request)
        wrong += [f"{label}: {told}" for told in complaints(document, answer.status_code, answer, pointer)]

    assert not wrong, "\n".join(wrong)
    assert await stage.app.state.database.read(count_rows) == before


def complaints(document: Json, status: int, answer: Any, pointer: str) -> list[str]:
    """What is wrong with an answer to bad input; empty when it is a 422 that names the field."""
    if status != 422 or answer.headers["content-type"] != "application/problem+json":
        return [f"{status} {answer.headers.get('content-type')} {answer.text[:200]}"]
    problem = answer.json()
    told = faults(document, {"$ref": "#/components/schemas/Problem"}, problem)
    if not any(error["pointer"].startswith(pointer) for error in problem.get("errors", [])):
        told.append(f"{pointer} is not named in {problem.get('errors')}")
    return told
