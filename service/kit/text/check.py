"""What a text may hold at all. Nothing is repaired by guessing and nothing is cut: a text is taken, or refused."""

import re
import unicodedata
from typing import Final

NOT_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""C0 and C1 controls but tab and the line ends; NUL among them, which PostgreSQL cannot store."""

NOT_IN_A_LINE: Final = re.compile(r"[\t\n\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What breaks a line, and the bidirectional embeddings, overrides and isolates of UAX #9, which let a name or a title
turn around the text that follows it. In a body they end with their paragraph and stay."""

SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
LINE_END: Final = re.compile(r"\r\n?|\x85")
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zl", "Zp", "Zs"})


def check_text(value: str, *, name: str, lines: bool, least: int = 1, most: int) -> str:
    r"""The text as it is stored: line ends as \n, Unicode NFC (UAX #15), without blank edges.

    `name` is the field's name for the message, `lines` says whether more than one line is allowed (then the leading
    blanks of the first line that is not empty stay: they make a code block). `least` and `most` count code points
    after this. With `least` 0 a blank text is the empty one.

    Raises:
        ValueError: lone surrogates, control characters, bidirectional controls or line breaks in a single line,
            nothing visible, or a length outside the limits. The message names the field and the rule.
    """
    if SURROGATE.search(value):
        raise ValueError(f"{name} holds half of a UTF-16 surrogate pair, which is no character")
    text = unicodedata.normalize("NFC", LINE_END.sub("\n", value))
    text = trim(text, lines)
    if found := NOT_IN_TEXT.search(text) or (None if lines else NOT_IN_A_LINE.search(text)):
        raise ValueError(f"{name} holds U+{ord(found[0]):04X}, which is not allowed here")
    if text and all(unicodedata.category(character) in INVISIBLE for character in text):
        raise ValueError(f"{name} holds nothing that can be seen")
    if len(text) < least:
        raise ValueError(f"{name} must not be empty" if least == 1 else f"{name} needs at least {least} characters")
    if len(text) > most:
        raise ValueError(f"{name} has {len(text)} characters; at most {most} are allowed")
    return text


def trim(text: str, lines: bool) -> str:
    """Without blank edges; of many lines only whole blank ones go at the start."""
    if not lines:
        return text.strip(" \t\n\u00a0\u3000")
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip(" \t\n") if text.strip() else ""
