"""Validators: one ETag that answers both questions (RFC 9110 section 8.8.3).

`"v{version}-{hash}"`: `If-Match` compares the version, so that a new reply does not break an edit of the thread;
`If-None-Match` compares the whole.
"""

import hashlib
import re
from dataclasses import replace
from typing import Annotated

from fastapi import Header

from service.kit.errors import PreconditionRequired, invalid
from service.kit.versions import Wanted
from service.web.answers import Answer

IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag of the version you saw.")]
IfNoneMatch = Annotated[str | None, Header(max_length=500, description="ETags that you have.")]

ENTITY_TAGS = re.compile(r'\s*(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*\s*')
NO_VERSION = 0
"""What an ETag that we never gave names; versions begin at 1."""
VERSION = re.compile(r'"v(\d{1,18})(?:-[^"]*)?"')


def etag(version: int, body: bytes) -> str:
    """The strong validator of a representation."""
    return f'"v{version}-{hashlib.sha256(body).hexdigest()[:16]}"'


def with_etag(answer: Answer, version: int, if_none_match: str | None = None) -> Answer:
    """The answer with its ETag; 304 without a body when the caller has it already."""
    tag = etag(version, answer.body)
    headers = answer.headers | {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match and (if_none_match.strip() == "*" or tag in re.findall(r'"[^"]*"', if_none_match)):
        return Answer(304, headers=headers, media_type=None)
    return replace(answer, headers=headers)


def wanted_version(if_match: str | None) -> Wanted:
    """The version that `If-Match` names: None when absent or `*`; the refusal, to be raised in its turn, otherwise.

    Of several ETags the newest counts: versions only rise, so an older one cannot be the stored one. An ETag that is
    not ours names no version (RFC 9110 section 13.1.1).
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if not ENTITY_TAGS.fullmatch(if_match):
        return invalid("/If-Match", 'must be an ETag such as "v3-…"')
    return max((int(version) for version in VERSION.findall(if_match)), default=NO_VERSION)


def required_version(if_match: str | None) -> Wanted:
    """As `wanted_version`, where the caller has to say which version he changes (RFC 6585 section 3)."""
    if if_match is None:
        return PreconditionRequired("Send If-Match with the ETag of what you are changing")
    return wanted_version(if_match)
