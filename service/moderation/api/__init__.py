"""The JSON doors of moderation, a file for each thing: reviews of posts and what is decided about them."""

from fastapi import APIRouter

from service.moderation.api import canned, claims, flags, notes, reviews, undoing

router = APIRouter()
for part in (reviews, claims, flags, notes, canned, undoing):
    router.routes.extend(part.router.routes)
