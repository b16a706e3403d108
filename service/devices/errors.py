"""What can go wrong with devices, beyond the common problems."""

from service.kit.errors import Conflict


class PushIsOff(Conflict):
    """The site sends no push messages: the extra `push` is not installed, or it has no key to sign with."""

    code, title = "push-is-off", "This site sends no push messages"
