"""The SELECT of the site's settings."""

from typing import Final

from sqlmodel import Session, select

from service.kit.database.ready import Ready
from service.kit.database.rows import table_of
from service.site.models import Site

SITE: Final = table_of(Site)
FACE: Final = Ready(SITE.select().with_only_columns(SITE.c.name, SITE.c.registration).where(SITE.c.id == 1))


def get_site(session: Session, *, lock: bool = False) -> Site:
    """The site's row; `lock` holds it until the end of the transaction, for one who is about to change it.

    Without the lock it costs no statement where a thread was loaded before, because the site came with it.
    """
    return session.exec(select(Site).with_for_update()).one() if lock else session.get_one(Site, 1)


def site_face(session: Session) -> tuple[str, str]:
    """The site's name, and its `registration`: what every page shows. No statement where the site was loaded before."""
    known = session.identity_map.get(session.identity_key(Site, 1))
    if isinstance(known, Site):
        return known.name, known.registration
    name, registration = FACE.one(session)
    return name, registration
