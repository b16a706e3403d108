"""What can go wrong with people's accounts, beyond the common problems."""

from service.kit.errors import Conflict, NotAllowed, NotFound, NotSignedIn


class WrongCredentials(NotSignedIn):
    """The login or the password is wrong; which of them is not said, nor whether the account is locked out."""

    title = "The username or the password is not right"


class RegistrationIsClosed(NotAllowed):
    """The site takes no new accounts."""

    title = "This site takes no new accounts at the moment"


class LastAdmin(Conflict):
    """A site's only admin stays one until there is another."""

    code, title = "last-admin", "This is the site's only admin"


class FirstAdminLinkIsSpent(NotFound):
    """The one-time link was used, is too old, was replaced by a newer one, or the site has an admin."""

    title = "This one-time link cannot be used any more"
