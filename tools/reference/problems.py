"""`docs/reference/problems.md`: every error that a caller may see."""

from service.kit.errors import Problem
from tools.reference.prose import below, explained, import_all, opening, table

INTRODUCTION = """
Errors are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail`, `instance`, and
for 422 also `errors`, a list of `{pointer, detail}` with an RFC 6901 pointer to each wrong field. Programs
should look at `code`, which stays; `detail` is a sentence for people and may change. `type` leads to a page
of the site that explains the code.
"""


def kinds() -> list[type[Problem]]:
    """The problem classes that have a code of their own, by status and code."""
    import_all()
    return sorted((kind for kind in below(Problem) if "code" in vars(kind)), key=lambda kind: (kind.status, kind.code))


def page() -> str:
    """The page. Raises Undocumented for a problem without a docstring."""
    rows = [
        (f"`{kind.code}`", str(kind.status), kind.title, explained(kind, f"the problem {kind.__qualname__}"))
        for kind in kinds()
    ]
    return opening("Problems", INTRODUCTION) + "\n" + table(("code", "status", "title", "when"), rows) + "\n"
