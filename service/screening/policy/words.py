"""Lists of words: a plain line is a whole word or phrase, `~part` stands anywhere, `/expression/` is an expression of
RE2, which takes time in proportion to the text, whatever the expression.
"""

import re2


def check_lines(lines: list[str]) -> list[str]:
    """The lines without blank ones; a ValueError names the line that cannot be used, and why."""
    for place, line in enumerate(lines, 1):
        if len(line) > 1 and line[0] == line[-1] == "/":
            try:
                re2.compile(line[1:-1])
            except re2.error as error:
                raise ValueError(f"line {place} is no expression: {error}") from None
    kept = [line.strip() for line in lines if line.strip()]
    if not kept:
        raise ValueError("must have a line")
    return kept
