"""One script of many modules: what it keeps of their ways, and what it refuses."""

import pytest

from service.pages.bundle import bundle
from service.pages.static import ASSETS, TOGETHER

pytestmark = pytest.mark.no_database


def test_modules_come_in_one_script_and_run_when_they_are_asked_for() -> None:
    parts = {
        "one.js": '// Of no use.\nimport { b } from "./two.js";\nexport function a() {\n  return b + 1;\n}\n',
        "two.js": "export const b = 1;\nexport async function c() {}\nexport class D {}\n",
    }
    made = bundle(
        'import { a } from "./one.js";\na();\nimport("./two.js").then(({ b }) => b);\nimport("./far.js");\n', parts
    )
    assert 'parts["one.js"] = () => {\nconst { b } = part("two.js");\nfunction a() {' in made
    assert "const b = 1;\nasync function c() {}\nclass D {}\nreturn { b, c, D };\n};" in made
    assert made.endswith(
        'const { a } = part("one.js");\na();\nbring("two.js").then(({ b }) => b);\nimport("./far.js");\n'
    )
    assert "Of no use" not in made


@pytest.mark.parametrize(
    "entry",
    ['import all from "./one.js";', 'import { a } from "./none.js";', "export default a;", 'import "./one.js";',
     'export { a } from "./one.js";', 'import { a as b } from "one.js";'],
)  # fmt: skip
def test_a_form_that_it_does_not_know_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"not a form|not among"):
        bundle(f"{entry}\n", {"one.js": "export const a = 1;\n"})


def test_what_comes_together_is_not_served_apart() -> None:
    assert not set(TOGETHER) & set(ASSETS)
    script = ASSETS["parley.js"].plain.decode()
    assert all(f'import("./{name}")' not in script for name in TOGETHER)
