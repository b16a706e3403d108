"""Why a file cannot be imported."""


class Refused(Exception):
    """The file cannot be imported; the message is for people, and names the line. Nothing was changed."""
