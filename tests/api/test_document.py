"""What the OpenAPI document says: every operation named, described, bounded and illustrated."""

import pytest

from tests.api.openapi import Json, faults, named, operations, resolved, unbounded
from tests.api.sending import example_body
from tests.api.worked import WORKED

pytestmark = pytest.mark.no_database

OPERATION_IDS = sorted(WORKED)


def test_the_document_is_openapi_3_1_and_names_every_operation_once(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    names = [one.id for one in operations(document)]
    assert sorted(names) == OPERATION_IDS, "an operation without a worked example, or the other way round"
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation_id", OPERATION_IDS)
def test_the_example_body_fits_its_own_schema(document: Json, operation_id: str) -> None:
    operation = named(document, operation_id)
    schema = operation.body_schema()
    if schema is None:
        assert "requestBody" not in operation.spec
        return
    shown = operation.spec["requestBody"]["content"]["application/json"]["example"]
    assert shown == example_body(document, operation)
    assert faults(document, schema, shown) == []


def test_everything_that_can_be_sent_has_bounds(document: Json) -> None:
    loose: list[str] = []
    for operation in operations(document):
        for item in operation.spec.get("parameters", []):
            loose += unbounded(document, item["schema"], f"{operation.id} {item['name']}")
        loose += unbounded(document, operation.body_schema() or {}, f"{operation.id} body")
    assert not loose, "\n".join(loose)


def test_bodies_refuse_unknown_fields(document: Json) -> None:
    open_ended = [
        one.id
        for one in operations(document)
        for option in [one.body_schema() or {}]
        for schema in option.get("anyOf", [option])
        if "$ref" in schema and resolved(document, schema).get("additionalProperties") is not False
    ]
    assert not open_ended


def test_every_operation_says_what_it_does_and_which_problems_it_answers(document: Json) -> None:
    for operation in operations(document):
        assert operation.spec["description"], operation.id
        answers = operation.spec["responses"]
        assert {"400", "401", "422", "503"} <= answers.keys(), operation.id
        assert not operation.unsafe or {"403", "409", "413"} <= answers.keys(), operation.id
        for status, answer in answers.items():
            if int(status) >= 400:
                assert "application/problem+json" in answer["content"], f"{operation.id} {status}"


def test_every_default_fits_its_own_schema(document: Json) -> None:
    wrong = []
    for name, schema in document["components"]["schemas"].items():
        for member, shape in schema.get("properties", {}).items():
            if "default" in shape and faults(document, shape, shape["default"]):
                wrong.append(f"{name}.{member}: {shape['default']!r}")
    assert not wrong, wrong
