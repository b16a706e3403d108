"""Where a post comes from, as far as its request says: a plain value, which the doors make and screening looks at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request says of who sent it.

    `address` is the client's, as the configured proxies are believed; `agent` what the program calls itself. `trapped`
    says that a field was filled in which people do not see, and `seconds` how long the form had been on the screen;
    None where there was none, or where nobody knows. `limited` says whether rates are limited here, and `secret` keys
    the hashes under which they are counted. `proven` is how many zero bits the form's computation found
    (None without a form); `own_host` is the site's own, whose links lead nowhere else.
    """

    address: str = ""
    agent: str = ""
    trapped: bool = False
    seconds: float | None = None
    limited: bool = False
    secret: str = ""
    proven: int | None = None
    own_host: str = ""


NOWHERE = Sender()
"""That of what no request brought."""
