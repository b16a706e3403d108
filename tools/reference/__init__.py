"""Writes `docs/reference/` from the code, so that no setting, route, problem, event, job or command goes unexplained.

    make docs        (or: python -m tools.reference)

Every generator raises `Undocumented` for a thing that does not say what it is for, and
`tests/house/test_reference.py` fails when a page differs from what would be written now.
"""

from collections.abc import Callable
from pathlib import Path

from tools.reference import api, cli, events, moderation, problems, settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings.page,
    "cli.md": cli.page,
    "api.md": api.page,
    "problems.md": problems.page,
    "events.md": events.page,
    "moderation.md": moderation.page,
}
"""File name in docs/reference → the function that writes its text."""
