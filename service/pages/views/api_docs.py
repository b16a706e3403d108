"""The view of the API's own description, as a page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: where it goes (`path`, `query`, `header`) and what it means."""

    name: str
    place: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `example` is a request body as indented JSON, `answers` are (status, meaning)."""

    id: str
    method: str
    path: str
    meaning: str
    parameters: tuple[Parameter, ...]
    example: str | None
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ApiDocs:
    """All operations by their tag, in the order of the document."""

    version: str
    groups: tuple[tuple[str, tuple[Operation, ...]], ...]
