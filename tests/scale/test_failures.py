"""Everything that can befall the topology, once, in every run of the suite; `python -m tests.scale.failures --full` is
the long one.
"""

from pathlib import Path

import pytest

from tests.crash.ledger import report
from tests.scale.clusters import Pair
from tests.scale.failures import Extent, run, without_loss

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql_only("SQLite has one machine")]


async def test_nothing_acknowledged_is_lost_and_nothing_told_twice_whatever_falls(pair: Pair, tmp_path: Path) -> None:
    load, verdict = await run(pair, Extent(), tmp_path / "site", seed=3)
    said = "\n".join([*map(str, load.happenings), report(load.scene, verdict)])
    assert verdict.wrong == [], said
    assert verdict.stored >= verdict.acknowledged > 0, said
    assert 0 < verdict.letters <= verdict.accepted, said
    assert len(load.happenings) == 7, said
    assert without_loss(load.happenings) == [], said
