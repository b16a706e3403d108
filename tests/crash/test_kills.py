"""A short crash ledger in every run of the suite; `python -m tests.crash.ledger` is the long one."""

from pathlib import Path

import pytest

from tests.crash.ledger import report, run
from tests.crash.scene import SHORT

pytestmark = pytest.mark.anyio


async def test_what_is_acknowledged_is_stored_and_told_once_whatever_is_killed(
    empty_database_url: str, tmp_path: Path
) -> None:
    scene, verdict = await run(empty_database_url, SHORT, 3, tmp_path / "site", seed=2)
    assert verdict.wrong == [], report(scene, verdict)
    assert verdict.stored >= verdict.acknowledged > 0
    assert verdict.told > 0
    assert 0 < verdict.letters <= verdict.accepted
