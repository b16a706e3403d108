"""Validators: one ETag that answers both questions (RFC 9110 section 8.8.3).

`"v{version}-{hash}"`: `If-Match` compares the version, so that a new reply does not break an edit of the thread;
`If-None-Match` compares the whole.
"""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import Header

from service.kit.errors import PreconditionRequired, invalid
from service.kit.versions import Wanted
from service.web.answers import Answer

IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag of the version you saw.")]
IfNoneMatch = Annotated[str | None, Header(max_length=500, description="ETags that you have.")]
IfModifiedSince = Annotated[str | None, Header(description="The Last-Modified of what you have.")]

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
    if if_none_match and (known := known_as(tag, if_none_match)):
        return Answer(304, headers=headers | {"ETag": known}, media_type=None)
    return replace(answer, headers=headers)


def packed_tag(tag: str) -> str:
    """The ETag of the same answer, compressed: a strong one is for one sequence of bytes, a weak one for both."""
    return tag if tag.startswith("W/") else f'{tag[:-1]}-gzip"'


def known_as(tag: str, if_none_match: str) -> str | None:
    """The ETag under which the caller has this representation already, compressed or not; None: not at all. The
    comparison is the weak one (RFC 9110 section 13.1.2).
    """
    if if_none_match.strip() == "*":
        return tag
    known = re.findall(r'"[^"]*"', if_none_match)
    return next((each for each in (tag, packed_tag(tag)) if each.removeprefix("W/") in known), None)


def shared_answer(
    body: bytes, media_type: str, modified: datetime, if_none_match: str | None, if_modified_since: str | None
) -> Answer:
    """An answer that is the same for everybody, with both validators; 304 when the caller has it already.

    Caches may keep it and ask again each time, so that what is hidden is gone at once. `modified` has whole seconds in
    a header, and goes back when the newest of several things is taken away: so only the very date we gave counts, and
    `If-None-Match` comes first (RFC 9110 sections 13.1.3 and 13.2.2). The ETag is weak, compressed or not the same.
    """
    tag, date = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"', format_datetime(modified.astimezone(UTC), usegmt=True)
    headers = {"ETag": tag, "Last-Modified": date, "Cache-Control": "public, no-cache"}
    known = if_modified_since == date if if_none_match is None else known_as(tag, if_none_match)
    return Answer(304, headers=headers, media_type=None) if known else Answer(200, body, headers, media_type)


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
