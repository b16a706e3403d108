"""The JSON doors of moderation, a file for each thing: reviews of posts and what is decided about them."""

from fastapi import APIRouter

from service.moderation.api import (
    appeals,
    canned,
    claims,
    edits,
    flags,
    many,
    notes,
    pins,
    removing,
    report,
    reviews,
    statements,
    suspensions,
    undoing,
)

router = APIRouter()
for part in (
    many, reviews, claims, flags, notes, canned, undoing, statements, appeals, suspensions, pins, removing, report,
    edits,
):  # fmt: skip
    router.routes.extend(part.router.routes)
