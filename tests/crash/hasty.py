"""`parley`, but a letter waits for the mail server for 5 seconds in all instead of 30.

    python -m tests.crash.hasty serve

A server that falls silent then costs the ledger seconds and not minutes; nothing else is different.
"""

from pathlib import Path
from typing import Final

from service.kit import mailer

PATIENCE: Final = 5.0


def open_hasty(smtp_url: str, mail_folder: Path, base_url: str) -> mailer.Mailer:
    """As `service.kit.mailer.open_mailer`, with less patience."""
    return mailer.SmtpMailer(smtp_url, base_url, deadline=PATIENCE)


if __name__ == "__main__":
    mailer.open_mailer = open_hasty

    from service.cli import main  # only now, because it takes `open_mailer` along

    main()
