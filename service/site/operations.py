"""Every write to the site's settings: one verb."""

from typing import Any, Final

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor, check_administers
from service.kit.errors import Problem, settled
from service.kit.versions import Wanted, check_version
from service.site.events import SiteChanged
from service.site.models import Site
from service.site.queries import get_site

TEXTS: Final = ("name", "contact")
"""Settings that are words: an event keeps none."""


def change_site(session: Session, actor: Actor, changes: dict[str, Any] | Problem, version: Wanted) -> Site:
    """Change the named settings; `version` is the one the admin saw.

    Raises NotSignedIn, NotAllowed, Invalid, PreconditionRequired (428), EditConflict (412).
    """
    check_administers(actor)
    seen, fields = settled(version), settled(changes)
    site = get_site(session, lock=True)
    check_version(seen, site.version)
    changed = events.changes(site, fields, TEXTS)
    for name, value in fields.items():
        setattr(site, name, value)
    site.version += 1
    session.add(site)
    session.flush()
    told = SiteChanged(actor=actor, version=site.version, fields=tuple(sorted(fields)), changes=changed)
    events.record(session, told)
    return site
