"""The reader of raised problems sees what it must, on a small house of its own."""

from pathlib import Path

import pytest

from tests.house.raises import House

pytestmark = pytest.mark.no_database

FILES = {
    "service/kit/errors.py": """
class Problem(Exception): ...
class NotFound(Problem): ...
class Shut(Problem): ...
class Stale(Problem): ...
class Never(Problem): ...
""",
    "service/threads/queries.py": """
from service.kit.errors import NotFound
def get_thread(session, actor, id):
    raise NotFound
def unrelated():
    from service.kit.errors import Never
    raise Never
""",
    "service/threads/operations.py": """
from service.kit import errors
class Ticket:
    def __init__(self): check()
    def redeem(self): raise errors.Stale("old")
def check():
    problem = errors.Shut()
    return problem
""",
    "service/threads/api.py": """
from typing import Annotated
from fastapi import Depends
from service.kit import errors
from service.threads import operations, queries
from service.threads.operations import Ticket
Redeemed = Annotated[Ticket, Depends(Ticket)]
async def direct(asks):
    return await asks.read(lambda session: queries.get_thread(session, None, 1))
async def made():
    return Ticket()
async def method(ticket: Redeemed):
    ticket.redeem()
async def silent():
    return 1
async def caught():
    try:
        queries.get_thread(None, None, 1)
    except errors.NotFound as problem:
        return problem.code
async def again():
    try:
        queries.get_thread(None, None, 1)
    except errors.Problem:
        raise
async def passed_on(problem: errors.Problem):
    raise problem
""",
}


@pytest.fixture
def house(tmp_path: Path) -> House:
    for name, text in FILES.items():
        for folder in [tmp_path / "service", (tmp_path / name).parent]:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").touch()
        (tmp_path / name).write_text(text)
    return House.read(tmp_path)


@pytest.mark.parametrize(
    ("function", "raised"),
    [
        ("direct", {"NotFound"}),
        ("made", {"Shut"}),
        ("method", {"Stale"}),
        ("silent", set()),
        ("caught", set()),
        ("again", {"NotFound"}),
        ("passed_on", set()),
    ],
)
def test_problems_are_found_through_names_lambdas_methods_and_dependencies(
    house: House, function: str, raised: set[str]
) -> None:
    start = house.look_up(f"service.threads.api.{function}")
    base = house.look_up("service.kit.errors.Problem")
    assert start is not None
    assert base is not None
    assert not isinstance(start, str)
    assert not isinstance(base, str)
    found = house.problems(start, base)
    assert {name.rpartition(".")[2] for name in found} == raised
