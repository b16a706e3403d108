"""Asking a program elsewhere about a post that waits, and telling it what people decided, with no transaction open."""

import asyncio
from typing import Any, Final

from service.kit.database import Database, Session
from service.kit.outbound import Outcome, Sending
from service.kit.outbound.outcome import failed
from service.kit.outgoing import Outgoing
from service.kit.queue import JobFailure, Run
from service.moderation.operations.asking import do_without, follow_judgement, note_failure
from service.moderation.queries.asking import Asked, question_about
from service.screening.policy.asking import Judgement, feedback_of, read_answer, request_of
from service.screening.queries.asking import fails_open

DEADLINE: Final = 2.0
"""Seconds for the whole exchange: somebody waits to see their post."""

RETRIES: Final = (5.0, 30.0)
"""Seconds before the second and the third attempt; then the post goes on without an answer."""


async def ask_outside(database: Database, run: Run[Outgoing]) -> None:
    """Ask about one post; payload `{rule, rule_version, thread, reply, version}`. An answer counts only while the post
    waits as it was. Repeated after a crash, the question has the same id.
    """
    payload = run.payload
    asked = await database.read(
        question_about, payload["rule"], payload["thread"], payload["reply"], run.context.base_url
    )
    if asked is None or asked.rests:
        why = "it did not answer lately, and is left in peace" if asked else "the rule was switched off"
        await database.write(go_on, payload, why)
        return
    sending = request_of(asked.protocol, asked.url, asked.secret, asked.question, asked.at)
    answer = read_answer(asked.protocol, await in_time(run.context, sending))
    if isinstance(answer, Judgement):
        await database.write(follow_judgement, payload, answer)
        return
    rests = await database.write(note_failure, payload["rule"])
    if run.last or rests:
        await database.write(go_on, payload, answer)
    else:
        raise JobFailure(f"the check gave no answer: {answer}")


async def in_time(outgoing: Outgoing, sending: Sending) -> Outcome:
    """The request through the guarded client, within DEADLINE."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await outgoing.outbound.send(sending)
    except TimeoutError:
        return failed("timeout", f"no whole answer within {DEADLINE:g} seconds")


def go_on(session: Session, payload: dict[str, Any], why: str) -> None:
    """Without an answer the rule itself says what follows; one that was switched off holds nothing any more."""
    do_without(session, payload, publishes=fails_open(session, payload["rule"]), why=why)


def give_up_asking(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead for a reason of its own: the post goes on without an answer."""
    go_on(session, payload, error)


async def tell_outside(database: Database, run: Run[Outgoing]) -> None:
    """Tell what a person decided; payload `{rule, thread, reply, result}`. Nobody waits for it."""
    payload = run.payload

    def load(session: Session) -> Asked | None:
        place = (payload["rule"], payload["thread"], payload["reply"], run.context.base_url)
        return question_about(session, *place, waiting=False)

    asked = await database.read(load)
    if asked is None or asked.rests:
        return
    sending = feedback_of(asked.protocol, asked.url, asked.secret, asked.question, payload["result"], asked.at)
    outcome = await in_time(run.context, sending)
    if not outcome.accepted:
        raise JobFailure(outcome.words)
