"""The headers of letters: one line each of what was typed, and addresses and ids that arrive in one piece.

The standard library's header classes decode encoded-words (RFC 2047) also in a value that a program sets. A title such
as `=?utf-8?q?=0d=0aBcc:_eve?=` would so become two headers; the classes here take what was typed as it was typed.
"""

import re
from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueAddressHeader, UniqueUnstructuredHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any, Final

WHOLE: Final = ("list-unsubscribe", "list-unsubscribe-post", "list-id", "in-reply-to", "references")
"""Headers whose words must not be taken apart."""

ENCODED: Final = "=?"
"""How an encoded-word begins (RFC 2047 section 2). Typed, it is text and has to be encoded itself."""

LINE: Final = 78
"""Characters of a header's line, where its words allow it (RFC 5322 section 2.1.1)."""


class TypedHeader(UniqueUnstructuredHeader):
    """A subject: whatever was typed is what a mail program shows."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """The value as it is, where the standard library would decode it."""
        super().parse("" if ENCODED in value else value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Any) -> str:
        """The header's lines as they are sent."""
        if ENCODED not in str(self):
            return str(super().fold(policy=policy))  # type: ignore[misc]  # the registry mixes it in
        name = str(self.name)  # type: ignore[attr-defined]  # the registry gives every header its name
        return f"{name}: {encoded(str(self), name, policy.linesep)}{policy.linesep}"


class SenderHeader(UniqueAddressHeader):
    """A sender, set as an Address: the name is shown as it was typed."""

    def fold(self, *, policy: Any) -> str:
        """The header's lines as they are sent."""
        name, sender = str(self.name), self.addresses[0]  # type: ignore[attr-defined]  # the registry sets both
        if ENCODED not in sender.display_name:
            return str(super().fold(policy=policy))  # type: ignore[misc]  # the registry mixes it in
        shown = encoded(sender.display_name, name, policy.linesep)
        return f"{name}: {shown}{policy.linesep} <{sender.addr_spec}>{policy.linesep}"


def encoded(text: str, name: str, linesep: str) -> str:
    """The text as encoded-words, in lines; `name` is the header's, before the first."""
    return Header(text, "utf-8", header_name=name, maxlinelen=LINE).encode(linesep=linesep)


class WholeHeader(UnstructuredHeader):
    """A header that is folded at its blanks and nowhere else (RFC 5322 section 2.2.3).

    The standard library writes a word that is longer than a line as an encoded-word (RFC 2047), which nobody decodes in
    an address or an id: with a long host name, List-Unsubscribe would lead nowhere.
    """

    def fold(self, *, policy: Any) -> str:
        """The header's lines as they are sent. What stands before its last word may be in any script (List-Id)."""
        phrase, _, last = str(self).rpartition(" ")
        words = [word for part in (phrase, last) for word in ascii_words(part)]
        lines = [f"{self.name}: {(words or [''])[0]}"]  # type: ignore[attr-defined]  # the registry gives every header its name
        for word in words[1:]:
            if len(lines[-1]) + len(word) < LINE:
                lines[-1] += f" {word}"
            else:
                lines.append(f" {word}")
        return "".join(line + policy.linesep for line in lines)


def ascii_words(text: str) -> list[str]:
    """The words of a header's text; encoded (RFC 2047) where they are not ASCII."""
    return (text if text.isascii() else Header(text, "utf-8").encode()).split()


def one_line(value: str) -> str:
    """A header's value without line ends or other controls: nothing typed can begin a header of its own."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value).strip()


def letter_policy() -> "EmailPolicy[EmailMessage]":
    """How letters are written: as SMTP wants them, with the headers of WHOLE in whole words."""
    registry = HeaderRegistry()
    registry.map_to_type("subject", TypedHeader)  # type: ignore[arg-type]  # a mixin, as the registry wants it
    registry.map_to_type("from", SenderHeader)  # type: ignore[arg-type]  # another mixin
    for name in WHOLE:
        registry.map_to_type(name, WholeHeader)  # type: ignore[arg-type]  # another mixin
    return SMTP.clone(header_factory=registry)


LETTER_POLICY: Final = letter_policy()
