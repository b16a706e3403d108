"""What can go wrong with people's accounts, beyond the common problems."""

from service.kit.errors import NotSignedIn


class WrongCredentials(NotSignedIn):
    """The login or the password is wrong; which of them is not said, nor whether the account is locked out."""

    title = "The username or password is not right"
