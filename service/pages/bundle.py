"""One script instead of nine: what a page of a thread needs comes in one answer, without any tool to build it.

`bundle(entry, parts)` wraps each module in a function that runs when it is first asked for, as a module does. It knows
the two forms in which our scripts import (`import { a, b } from "./x.js";` and `import("./x.js")`) and the one in which
they export (`export` before `function`, `class` or `const`), each at the beginning of a line; it refuses any other.
"""

import re
from collections.abc import Mapping
from typing import Final

STATIC: Final = re.compile(r'^import \{ ([\w, ]+) \} from "\./([\w-]+\.js)";$', re.MULTILINE)
LATER: Final = re.compile(r'\bimport\("\./([\w-]+\.js)"\)')
EXPORT: Final = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
LEFT: Final = re.compile(r"^(?:import|export)\b(?!\().*", re.MULTILINE)
COMMENT: Final = re.compile(r"^\s*//.*\n", re.MULTILINE)
PRELUDE: Final = """\
const parts = {}, ready = {};
const part = (name) => (ready[name] ??= parts[name]());
const bring = async (name) => part(name);
"""


def bundle(entry: str, modules: Mapping[str, str]) -> str:
    """The script `entry` with all of `modules` (texts by file name) in it. What a script brings later and is not among
    them is still loaded by its own address. Raises ValueError for a form that it does not know, or a name that is
    missing.
    """
    made = [PRELUDE]
    for name, text in modules.items():
        exported = ", ".join(EXPORT.findall(text))
        made.append(f'parts["{name}"] = () => {{\n{inlined(text, modules)}return {{ {exported} }};\n}};\n')
    return "".join([*made, inlined(entry, modules)])


def inlined(text: str, modules: Mapping[str, str]) -> str:
    """A module's text as it stands in the one script: its imports ask the parts, and its exports are plain names."""
    for _, name in STATIC.findall(text):
        if name not in modules:
            raise ValueError(f"{name} is imported and not among the parts")
    text = COMMENT.sub("", text)
    text = STATIC.sub(r'const { \1 } = part("\2");', text)
    text = LATER.sub(lambda found: f'bring("{found[1]}")' if found[1] in modules else found[0], text)
    text = EXPORT.sub("", text)
    if left := LEFT.search(text):
        raise ValueError(f"not a form that a bundle knows: {left[0]}")
    return text
