"""What the tests of rules do again and again: make one, change one, try one."""

from typing import Any, Final

from tests.cast import Person
from tests.working import Jobs

Json = dict[str, Any]
HERE: Final = "/api/v1/moderation/rules"
CASINO: Final[Json] = {"name": "Casinos", "kind": "words", "terms": {"lines": ["casino"]}, "verdict": "hold"}


async def make(by: Person, **more: Any) -> Json:
    """Make a rule; it has to work."""
    answer = await by.post(HERE, CASINO | more)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def change(by: Person, rule: Json, **changes: Any) -> Json:
    """Change a rule as it was seen; it has to work."""
    answer = await by.patch(f"{HERE}/{rule['id']}", changes, headers={"If-Match": f'"v{rule["version"]}"'})
    assert answer.status_code == 200, answer.text
    changed: Json = answer.json()
    return changed


async def try_on(by: Person, jobs: Jobs, *rules: int | Json, **more: Any) -> Json:
    """Try rules on earlier posts, and wait until that is done."""
    answer = await by.post(f"{HERE}/backtest", {"rules": list(rules), **more})
    assert answer.status_code == 202, answer.text
    for _ in range(100):  # one that failed is tried again a moment later
        await jobs()
        found: Json = (await by.get(answer.headers["location"])).json()
        if found["state"] == "done":
            break
    assert found["state"] == "done", found
    return found
