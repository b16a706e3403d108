"""Bringing an export into the test's site, as the command does."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.kit.wordpress import Export
from service.transfer.policy import Report
from service.wiring import IMPORTERS

Bring = Callable[..., Awaitable[Report]]


@contextmanager
def no_bar(label: str, size: int) -> Iterator[Callable[[int], Awaitable[None]]]:
    """Nobody watches."""

    async def move(place: int) -> None:
        assert 0 <= place <= size

    yield move


@pytest.fixture
def bring(app: FastAPI, tmp_path: Path) -> Bring:
    """A function that imports the text of an export; with `dry_run` it only looks."""

    async def brought(text: str, *, dry_run: bool = False) -> Report:
        path = tmp_path / "export.xml"
        path.write_text(text, encoding="utf-8")
        importing = IMPORTERS["wordpress"](app.state.database, Export(path), dry_run=dry_run, bar=no_bar)
        return await importing

    return brought
