"""The reference pages say what the code says, and nothing goes unexplained."""

import pytest

from tools.reference import FOLDER, PAGES

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says_now(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    assert written == PAGES[name](), f"docs/reference/{name} is stale: run `make docs` and commit what it wrote."


def test_the_reference_has_no_page_that_nobody_writes() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PAGES)
