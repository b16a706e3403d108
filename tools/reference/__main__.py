"""`python -m tools.reference`: write every page of docs/reference anew."""

import sys

from tools.reference import FOLDER, PAGES


def main() -> None:
    """Write the pages, and say which."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


main()
