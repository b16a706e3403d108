"""Bring a letter: take it, send it with no transaction open, record how it ended."""

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec

from service.kit.database import Database, Session
from service.kit.errors import NotReady
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

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before an ending is written down once more."""

P = ParamSpec("P")


async def deliver(database: Database, run: Run[Outgoing]) -> None:
    """Bring one letter; payload `{letter}`. Sent again after a crash it has the same Message-ID."""
    letter = await database.write(take, run)
    if letter is None:
        return
    try:
        mail = await asyncio.to_thread(compose, letter, run.context)  # some milliseconds; others are being answered
        answer = await run.context.mailer.send(mail)
    except AddressRefused as refusal:
        await record(database, end_returned, run, letter.account_id, refusal)
    except MailRefused as refusal:
        await record(database, end, run, FAILED, str(refusal))
    except MailFailed as failure:
        await database.write(put_back, run.payload["letter"], run.claim.token, str(failure))
        raise JobFailure("the letter was not taken; its row says why") from failure
    else:
        await record(database, end, run, SENT, answer)


async def record(
    database: Database, ending: Callable[Concatenate[Session, P], None], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Record how a letter ended; while the database is away, again and again, for as long as the attempt may take: a
    letter that the server has must not go out once more because nobody could write that down.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await database.write(ending, *args, **kwargs)
        except NotReady:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def take(session: Session, run: Run[Outgoing]) -> Letter | None:
    """Claim the letter; if there is nothing to send now, the job ends in the same unit of work."""
    letter = take_letter(session, run.payload["letter"], run.claim.token, delay=run.context.mail_delay)
    if letter is None:
        run.finish(session)
    return letter


def end(session: Session, run: Run[Outgoing], state: str, answer: str) -> None:
    """Record how the letter ended and end its job: both or neither."""
    end_letter(session, run.payload["letter"], run.claim.token, state, answer)
    run.outcome = state
    run.finish(session)


def end_returned(session: Session, run: Run[Outgoing], account_id: int, refusal: AddressRefused) -> None:
    """As `end`, where the server refused the address for good: the letter has come back, and that is noted."""
    end(session, run, FAILED, str(refusal))
    note_bounce(session, run.payload["letter"], account_id, SOFT if refusal.soft else HARD, str(refusal))


def give_up(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead, and so is its letter."""
    bury_letter(session, payload["letter"])
