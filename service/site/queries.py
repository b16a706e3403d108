"""The SELECT of the site's settings."""

from sqlmodel import Session, select

from service.site.models import Site


def get_site(session: Session, *, lock: bool = False) -> Site:
    """The site's row; `lock` holds it until the end of the transaction, for one who is about to change it.

    Without the lock it costs no statement where a thread was loaded before, because the site came with it.
    """
    return session.exec(select(Site).with_for_update()).one() if lock else session.get_one(Site, 1)
