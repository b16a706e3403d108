"""`parley`, but a letter waits for the mail server for 5 seconds in all instead of 30, and leases last 20 s at least.

    python -m tests.crash.hasty serve

A server that falls silent then costs the ledger seconds and not minutes. Where retries are hastened leases are too,
down to 5 s; but on a machine where six processes write to one SQLite file beside other work, one of them may wait
longer than that for its turn. In earnest a letter's lease is 60 s. Nothing else is different.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from service.kit import mailer
from service.kit.queue import kinds

PATIENCE: Final = 5.0


def open_hasty(smtp_url: str, mail_folder: Path, base_url: str) -> mailer.Mailer:
    """As `service.kit.mailer.open_mailer`, with less patience."""
    return mailer.SmtpMailer(smtp_url, base_url, deadline=PATIENCE)


if __name__ == "__main__":
    mailer.open_mailer = open_hasty
    kinds.SHORTEST_LEASE = timedelta(seconds=20)

    from service.cli import main  # only now, because it takes `open_mailer` along

    main()
