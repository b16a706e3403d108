"""A backtest in a reader's words: how far it is, the table of what was found, and samples."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from service.kit.clock import in_short
from service.kit.database.rows import stored_id
from service.pages.rule_words import count, says
from service.pages.views.frame import Form
from service.pages.views.rules import BacktestPage, Row, SampleLine, SampleList
from service.replies.models import address, waiting_address
from service.screening.models import Backtest
from service.screening.policy.trials import OUTCOMES, Draft, Report, Sample, mark_of
from service.screening.queries.backtests import RUNNING
from service.screening.queries.rules import RuleSeen
from service.screening.queries.then import PostThen
from service.screening.queries.tried import Key
from service.screening.schemas.backtests import agreement_of, excerpt_of

SAID: Final = ("name", "terms", "verdict", "public_reason", "category_id", "exempt_roles", "place")
"""What a stored rule and one that was tried may differ in."""

HEADINGS: Final = {
    "queued": "The trial begins in a moment", "running": "Earlier posts are being looked at",
    "done": "What the rule would have done", "failed": "The trial was broken off",
}  # fmt: skip
VERDICTS: Final = {"hold": "held", "reject": "rejected", "spam": "taken for spam", "publish": "let through"}
SAMPLES: Final = {
    "hold": "It would have held", "reject": "It would have rejected", "spam": "It would have taken for spam",
    "missed": "Moderators took away, and it would have let through",
}  # fmt: skip
OUTCOME_WORDS: Final = {
    "approved": "approved", "hidden": "hidden", "rejected": "rejected", "spam": "marked as spam",
    "trashed": "moved to the trash", "undecided": "nobody decided", "waiting": "still waits",
    "automatic": "taken away by a rule or flags", "withdrawn": "taken back by its author",
}  # fmt: skip
DO: Final = {
    "make": "Make this rule and switch it on", "on": "Switch the rule on", "change": "Let the rule do this from now on",
}  # fmt: skip


def shown(
    found: Backtest, posts: Mapping[Key, PostThen], where: str, stored: RuleSeen | None, form: Form
) -> BacktestPage:
    """A backtest as its page shows it; `posts` are those of its samples, `stored` the one rule that was tried."""
    report, drafts = Report.model_validate(found.report or {}), [Draft(**said) for said in found.rules]
    agreement, busy = agreement_of(report), found.state in RUNNING
    only = drafts[0] if len(drafts) == 1 else None
    button, standing = _deed(found, only, stored) if only else ("", "")
    columns = [verdict for verdict in VERDICTS if verdict in report.together]
    return BacktestPage(
        id=stored_id(found.id), state="running" if busy else found.state, heading=HEADINGS[found.state],
        says=tuple(f"{draft.name}: {says(draft.kind, draft.terms, draft.verdict)}" for draft in drafts), where=where,
        examined=found.examined, total=found.total,
        percent=min(99, found.examined * 100 // max(found.total, 1)) if busy else None, made_at=found.made_at,
        seconds=in_short(timedelta(seconds=report.seconds)), columns=tuple(VERDICTS[verdict] for verdict in columns),
        rows=_rows(report, columns), decided=agreement.decided, agreed=agreement.agreed,
        samples=_samples(report, posts) if found.state == "done" else (), form=form, button=DO.get(button, ""),
        back_url=_back(found, only), standing=standing,
    )  # fmt: skip


def _deed(found: Backtest, draft: Draft, stored: RuleSeen | None) -> tuple[str, str]:
    """What can be done with the rule that was tried, and what is to be said of it."""
    if found.state != "done":
        return "", ""
    if stored is None:
        return ("", "The rule was deleted meanwhile.") if draft.rule_id else ("make", "")
    same = mark_of(stored.rule) == mark_of(draft)
    if same and stored.rule.enabled:
        return "", f"“{stored.rule.name}” is on, and does what was tried."
    if draft.rule_id is None:
        return "", f"“{stored.rule.name}” was made of this."
    return ("change", "") if stored.rule.enabled else ("on", "")


def _back(found: Backtest, draft: Draft | None) -> str:
    """Where what was tried is changed before it is tried again."""
    if draft is None:
        return "/mod/rules"
    return f"/mod/rules/{draft.rule_id or 'new'}?kind={draft.kind}&backtest={found.id}"


def _rows(report: Report, columns: Sequence[str]) -> tuple[Row, ...]:
    """A row for each outcome that there is, with a cell for each of the verdicts; the sums first."""
    counts = [report.together[verdict] for verdict in columns]
    rows = [Row("all", tuple(sum(each.values()) for each in counts))]
    there = (name for name in OUTCOMES if any(name in each for each in counts))
    return (*rows, *(Row(OUTCOME_WORDS[name], tuple(each.get(name, 0) for each in counts)) for name in there))


def _samples(report: Report, posts: Mapping[Key, PostThen]) -> tuple[SampleList, ...]:
    lists = []
    for kind, heading in SAMPLES.items():
        samples = report.samples.get(kind, [])
        lines = [_line(one, posts[key]) for one in samples if (key := Key(one.thread_id, one.reply_id)) in posts]
        if samples:
            total = sum(report.together.get(kind, {}).values())
            said = f"{heading} {count(total, 'post')}" if total else heading
            lists.append(SampleList(said, total, tuple(lines), len(samples) - len(lines)))
    return tuple(lists)


def _line(sample: Sample, post: PostThen) -> SampleLine:
    excerpt, start, end = excerpt_of(sample, post)
    start, end = start or 0, end or 0
    text = post.own_title if sample.field == "title" else post.body
    first, last = ("" if text.startswith(excerpt) else "…"), ("" if text.endswith(excerpt) else "…")
    return SampleLine(
        url=_url(post), title=post.title, author=post.author_name or "Anonymous", at=post.created_at,
        before=first + excerpt[:start], matched=excerpt[start:end], after=excerpt[end:] + last,
        outcome=OUTCOME_WORDS[sample.outcome],
    )  # fmt: skip


def _url(post: PostThen) -> str:
    thread_id, reply_id = post.key
    if reply_id is None:
        return f"/t/{thread_id}/{post.slug}"
    if post.number is None:
        return waiting_address(thread_id, post.slug, reply_id)
    return address(thread_id, post.slug, post.number)
