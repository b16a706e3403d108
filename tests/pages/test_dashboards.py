"""The dashboard and the alerts name metrics that `/metrics` has, with labels that they have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from service.kit.measures import Measures
from service.kit.queue import enqueue
from service.kit.queue.overview import MEASURED, beat
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.conftest import BASE_URL, SECRET
from tests.working import Jobs

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
BOARD = ROOT / "deploy" / "grafana" / "parley.json"
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
OF_SQLITE = re.compile("parley_(commit_|write_wait)")
OF_POSTGRESQL = re.compile("parley_pool_")
OF_PROMETHEUS = {"job", "instance", "le"}
"""Labels that the scrape, or the form of a histogram, adds."""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Letters wait for ten minutes."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, mail_delay="PT10M"
    )


def texts(found: Any) -> Iterator[str]:
    """Every PromQL expression in a dashboard or a rules file."""
    if isinstance(found, dict):
        yield from (value for key, value in found.items() if key == "expr")
        found = list(found.values())
    if isinstance(found, list):
        for each in found:
            yield from texts(each)


def named(expression: str) -> set[str]:
    """The metrics of an expression."""
    return set(re.findall(r"\b(?:parley|process)_\w+", re.sub(r"\"[^\"]*\"", "", expression)))


def labelled(expression: str) -> set[str]:
    """The labels that it selects or groups by."""
    groups = ",".join(re.findall(r"\bby \(([^)]*)\)", expression)).split(",")
    return {label.strip() for label in groups if label.strip()} | set(re.findall(r"(\w+)=~?\"", expression))


async def test_they_name_only_what_is_there(app: Any, ada: Person, bob: Person, jobs: Jobs, dialect: str) -> None:
    await a_reply(bob, await a_thread(by=ada))
    await jobs()
    measures = Measures()
    measures["closing.told"].add(3)
    counts = {"notifications.deliver": {"sent": 1}, MEASURED: {"closing.told": measures["closing.told"].as_json()}}
    await app.state.database.write(beat, "a worker", counts)
    await app.state.database.write(enqueue, "closing.sweep", {})
    app.state.loop_lag._spread.add(0.01)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families((await ada.get("/metrics")).text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    board, rules = json.loads(BOARD.read_text("utf-8")), yaml.safe_load(RULES.read_text("utf-8"))
    elsewhere = OF_POSTGRESQL if dialect == "sqlite" else OF_SQLITE
    expressions = [*texts(board), *texts(rules)]
    assert len(expressions) > 50
    for expression in expressions:
        names = {name for name in named(expression) if not elsewhere.match(name)}
        assert names <= set(found), expression
        if names and len(names) == len(named(expression)):
            known = set.union(*(found[name] for name in names)) | OF_PROMETHEUS
            assert labelled(expression) <= known, expression
    told = {re.sub("_(bucket|count|sum)$", "", name) for text in expressions for name in named(text)}
    have = {re.sub("_(bucket|count|sum)$", "", name) for name in found if name.startswith("parley_")}
    assert have - told - {"parley_closing_lag_seconds"} == set(), "each metric of ours is shown"


@pytest.mark.no_database
def test_the_board_can_be_imported_anywhere() -> None:
    board = json.loads(BOARD.read_text("utf-8"))
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert "datasource" in {each["name"] for each in board["templating"]["list"] if each["type"] == "datasource"}
    for panel in board["panels"]:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == "${datasource}"
            assert target["expr"].count("(") == target["expr"].count(")")
    alerts = [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) >= 10
    assert all(rule["annotations"].keys() == {"summary", "description"} for rule in alerts)
    assert {rule["labels"]["severity"] for rule in alerts} == {"page", "warn"}
