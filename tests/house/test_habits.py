"""Every file keeps every habit, and every habit would notice a file that does not."""

from pathlib import Path

import pytest

from tests.house.habits import HABITS, Habit, raw_templates
from tests.house.tree import ROOT, Source, sources

pytestmark = pytest.mark.no_database

SANCTIONED_RAW = {"body_html": "rendered by kit.text, sanitised last and stored so"}
"""What a template may print unescaped: the variable's last name, and why."""


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_every_file_keeps_the_habit(habit: Habit) -> None:
    remarks = [
        f"{source.path}:{line}: {what}"
        for source in sources("service", "tests", "alembic", "bench", "tools")
        if habit.applies(source)
        for line, what in habit.look(source)
    ]
    assert not remarks, "\n".join([f"{habit.name}: {habit.story}", *remarks])


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_the_habit_notices_a_bad_file(habit: Habit) -> None:
    path, text = habit.bad
    source = Source(Path(path), text)
    assert habit.applies(source), f"{habit.name} does not look at {path}"
    assert list(habit.look(source)), f"{habit.name} sees nothing wrong in {text!r}"


def test_templates_escape_everything_but_rendered_bodies() -> None:
    remarks = []
    for path in sorted((ROOT / "service").rglob("templates/**/*")):
        if path.is_file():
            for line, what in raw_templates(path.read_text(encoding="utf-8")):
                if not any(f"{name}|safe" in what.replace(" ", "") for name in SANCTIONED_RAW):
                    remarks.append(f"{path.relative_to(ROOT)}:{line}: {what}")
    assert not remarks, "\n".join([f"Only these print unescaped: {SANCTIONED_RAW}", *remarks])


@pytest.mark.parametrize("line", ["<h1>{{ title|safe }}</h1>", "{% autoescape false %}", "{{ name | safe }}"])
def test_a_template_that_does_not_escape_is_noticed(line: str) -> None:
    assert list(raw_templates(line))
