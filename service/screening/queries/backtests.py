"""Backtests, as moderators see them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlmodel import Session, col

from service.categories.policy import moderated_by
from service.kit.actor import Actor, check_moderates_some
from service.kit.errors import NotFound
from service.screening.models import Backtest
from service.screening.policy.trials import Report, Sample, print_of
from service.screening.queries.then import PostThen, posts_then
from service.screening.queries.tried import Key

RUNNING = ("queued", "running")


def _seen(actor: Actor) -> ColumnElement[bool]:
    """The backtests that the actor may see: all, or those over the categories that they moderate."""
    if actor.moderates_all:
        return true()
    return col(Backtest.category_id).in_(moderated_by(actor))


def get_backtest(session: Session, actor: Actor, backtest_id: int) -> Backtest:
    """A backtest by its id. Raises NotSignedIn, NotAllowed, NotFound (also for one that is not theirs to see)."""
    check_moderates_some(actor)
    query = select(Backtest).where(col(Backtest.id) == backtest_id, _seen(actor))
    found: Backtest | None = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such backtest")
    return found


def finished_backtest(session: Session, actor: Actor, backtest_id: int) -> Backtest | None:
    """A backtest that is done and may be seen; None for any other."""
    query = select(Backtest).where(col(Backtest.id) == backtest_id, _seen(actor), col(Backtest.state) == "done")
    return session.execute(query).scalar_one_or_none()


def find_backtest(session: Session, backtest_id: int) -> Backtest | None:
    """A backtest by its id, for its job."""
    return session.get(Backtest, backtest_id)


def running_count(session: Session, account_id: int | None) -> int:
    """How many backtests of this person have not ended."""
    mine = col(Backtest.made_by_id) == account_id, col(Backtest.state).in_(RUNNING)
    return int(session.execute(select(func.count()).select_from(Backtest).where(*mine)).scalar_one())


def samples_of(found: Backtest) -> Sequence[Sample]:
    """The samples of a finished backtest."""
    if found.state != "done":
        return ()
    return [one for samples in Report.model_validate(found.report).samples.values() for one in samples]


def sampled(session: Session, actor: Actor, samples: Sequence[Sample]) -> dict[Key, PostThen]:
    """The posts of samples, as they were submitted; without those that are gone, or whose first text is, or that lie
    by now where the actor is no moderator.
    """
    prints = {Key(one.thread_id, one.reply_id): one.print for one in samples}
    posts = posts_then(session, list(prints), drawn=False)
    theirs = (post for post in posts if actor.moderates_in(post.category_id))
    return {post.key: post for post in theirs if print_of(post.own_title, post.body) == prints[post.key]}
