"""Bring a letter: take it, send it with no transaction open, record how it ended."""

import asyncio
from typing import Any, Final

from service.kit.database import Database, Session
from service.kit.mailer import AddressRefused, MailFailed, MailRefused
from service.kit.outgoing import Outgoing
from service.kit.queue import JobFailure, Run
from service.notifications.jobs.composing import compose
from service.notifications.models import FAILED, HARD, SENT, SOFT
from service.notifications.operations import bury_letter, end_letter, put_back, take_letter
from service.notifications.operations.bouncing import note_bounce
from service.notifications.queries import Letter

RETRIES: Final = (30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds before each retry of a letter; after the fifth it is dead."""


async def deliver(database: Database, run: Run[Outgoing]) -> None:
    """Bring one letter; payload `{letter}`. Sent again after a crash it has the same Message-ID."""
    letter = await database.write(take, run)
    if letter is None:
        return
    try:
        mail = await asyncio.to_thread(compose, letter, run.context)  # some milliseconds; others are being answered
        answer = await run.context.mailer.send(mail)
    except AddressRefused as refusal:
        await database.write(end_returned, run, letter.account_id, refusal)
    except MailRefused as refusal:
        await database.write(end, run, FAILED, str(refusal))
    except MailFailed as failure:
        await database.write(put_back, run.payload["letter"], run.claim.token, str(failure))
        raise JobFailure("the letter was not taken; its row says why") from failure
    else:
        await database.write(end, run, SENT, answer)


def take(session: Session, run: Run[Outgoing]) -> Letter | None:
    """Claim the letter; if there is nothing to send now, the job ends in the same unit of work."""
    letter = take_letter(session, run.payload["letter"], run.claim.token, delay=run.context.mail_delay)
    if letter is None:
        run.finish(session)
    return letter


def end(session: Session, run: Run[Outgoing], state: str, answer: str) -> None:
    """Record how the letter ended and end its job: both or neither."""
    end_letter(session, run.payload["letter"], run.claim.token, state, answer)
    run.finish(session)


def end_returned(session: Session, run: Run[Outgoing], account_id: int, refusal: AddressRefused) -> None:
    """As `end`, where the server refused the address for good: the letter has come back, and that is noted."""
    end(session, run, FAILED, str(refusal))
    note_bounce(session, run.payload["letter"], account_id, SOFT if refusal.soft else HARD, str(refusal))


def give_up(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead, and so is its letter."""
    bury_letter(session, payload["letter"])
