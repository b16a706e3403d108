"""The SELECT of the site's settings."""

from sqlmodel import Session, select

from service.site.models import Site


def get_site(session: Session, *, lock: bool = False) -> Site:
    """The site's row; `lock` holds it until the end of the transaction, for one who is about to change it."""
    query = select(Site)
    return session.exec(query.with_for_update() if lock else query).one()
