"""The JSON doors of closings: closure (close, reopen, archive) · terms (a thread's own policy)."""

from fastapi import APIRouter

from service.closing.api import closure, terms

router = APIRouter()
for part in (closure, terms):
    router.include_router(part.router)
