"""A short crash ledger in every run of the suite; `python -m tests.crash.ledger --kills 30` is the long one."""

from pathlib import Path

import pytest

from tests.crash.ledger import report, run

pytestmark = pytest.mark.anyio


async def test_what_is_acknowledged_is_stored_and_told_once_whatever_is_killed(
    empty_database_url: str, tmp_path: Path
) -> None:
    scene, verdict = await run(empty_database_url, 4, tmp_path / "site", seed=2)
    assert verdict.wrong == [], report(scene, verdict)
    assert min(scene.in_flight) >= 1
    assert verdict.acknowledged > 0
    assert verdict.letters == verdict.notifications > 0
