"""The fuse box: who listens to which event, what is scheduled, which jobs there are, which doors are open.

Everything that happens "by itself" in Parley can be found by reading this page.
"""

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter
from sqlmodel import SQLModel

from service.accounts import api as accounts_api
from service.accounts import jobs as accounts_jobs
from service.audit import api as audit_api
from service.audit import jobs as audit_jobs
from service.background import api as background_api
from service.categories import api as categories_api
from service.categories.events import CategoryChanged
from service.closing import api as closing_api
from service.closing import jobs as closing_jobs
from service.closing.events import ThreadClosed, ThreadClosingSoon, ThreadReopened, TimerFired
from service.devices import api as devices_api
from service.drafts import api as drafts_api
from service.drafts import jobs as drafts_jobs
from service.drafts.operations import forget_posted
from service.kit.queue import Cron, Elsewhere, JobKind, Outside, Stepwise, Transactional
from service.live import api as live_api
from service.moderation import api as moderation_api
from service.moderation import jobs as moderation_jobs
from service.moderation.events import AppealDecided, AppealMade, FlagRaised, FlagResolved, ReviewDecided, ReviewUndone
from service.moderation.operations import file_verdict, follow_post, open_if_waiting, open_review
from service.moderation.operations.asking import ASK as ASK_OUTSIDE
from service.moderation.operations.asking import TELL as TELL_OUTSIDE
from service.moderation.operations.asking import ask_program, teach
from service.moderation.operations.edits import close_after_edit, open_for_edit
from service.notifications import api as notifications_api
from service.notifications import jobs as notifications_jobs
from service.notifications.jobs import outcomes as outcome_jobs
from service.notifications.jobs.undone import forget_closing as forget_notices
from service.notifications.jobs.undone import forget_events
from service.notifications.operations import DELIVER, NOTIFY, announce, announce_mentions
from service.notifications.operations import closings as closing_notices
from service.notifications.operations.outcomes import TELL_APPEAL, TELL_FLAG, announce_flag, announce_outcome
from service.notifications.operations.pushing import BRING_PUSH
from service.notifications.operations.reviewing import ASK, announce_appeal, announce_edit, announce_review
from service.notifications.queries.preferences import somebody_wants_warnings
from service.pages import (
    admin,
    api_docs,
    appeals,
    background,
    closings,
    compose,
    delete,
    drafts,
    edit,
    feeds,
    flag,
    followed,
    home,
    imports,
    mail_again,
    metrics,
    mod_backtests,
    mod_log,
    mod_queue,
    mod_reasons,
    mod_rules,
    notifications,
    preferences,
    problems,
    profile,
    register,
    review_link,
    revisions,
    robots,
    settings,
    sign_in,
    statement,
    tags,
    thread,
    timers,
    unsubscribe,
    why,
)
from service.reactions import api as reactions_api
from service.replies import api as replies_api
from service.replies.events import (
    ReplyCaught,
    ReplyEdited,
    ReplyHeld,
    ReplyHidden,
    ReplyImported,
    ReplyPosted,
    ReplyPublished,
    ReplyRefused,
    ReplyRejected,
    ReplyRestored,
    ReplySpammed,
    ReplyTrashed,
)
from service.screening import api as screening_api
from service.screening import jobs as screening_jobs
from service.screening.events import EditEnded, EditHeld
from service.screening.operations import TELL as TELL_DECISION
from service.site import api as site_api
from service.site.events import SiteChanged
from service.subscriptions import api as subscriptions_api
from service.subscriptions.operations import follow_after_reply, note_mentions
from service.threads import api as threads_api
from service.threads.events import (
    ThreadCaught,
    ThreadEdited,
    ThreadHeld,
    ThreadHidden,
    ThreadOpened,
    ThreadPublished,
    ThreadRefused,
    ThreadRejected,
    ThreadRestored,
    ThreadSpammed,
    ThreadTrashed,
)
from service.transfer import jobs as transfer_jobs
from service.transfer.operations import BRING, LOOK
from service.web import housekeeping

METADATA: Final = SQLModel.metadata
"""Every table: importing the rooms' doors above has declared them all."""

LISTENERS: Final[dict[type, tuple[Any, ...]]] = {
    ReplyPosted: (forget_posted, follow_after_reply, note_mentions, announce),
    ReplyHeld: (forget_posted, follow_after_reply, note_mentions, open_review, announce_review, ask_program),
    ReplyCaught: (forget_posted, follow_after_reply, note_mentions, file_verdict),
    ReplyRefused: (file_verdict,),
    ReplyPublished: (announce, follow_post),
    ReplyEdited: (note_mentions, announce_mentions, follow_post),
    ReplyHidden: (closing_jobs.look_at_thread, follow_post),
    ReplySpammed: (closing_jobs.look_at_thread, follow_post),
    ReplyTrashed: (closing_jobs.look_at_thread, follow_post),
    ReplyRestored: (closing_jobs.look_at_thread, follow_post),
    ReplyRejected: (follow_post,),
    ReplyImported: (open_if_waiting,),
    ThreadOpened: (closing_jobs.plan_opened, note_mentions, announce),
    ThreadHeld: (closing_jobs.plan_opened, note_mentions, open_review, announce_review, ask_program),
    ThreadCaught: (closing_jobs.plan_opened, note_mentions, file_verdict),
    ThreadRefused: (file_verdict,),
    ThreadPublished: (announce, follow_post),
    ThreadEdited: (note_mentions, announce_mentions, follow_post),
    ThreadHidden: (follow_post,),
    ThreadSpammed: (follow_post,),
    ThreadTrashed: (follow_post,),
    ThreadRestored: (closing_jobs.look_at_thread, follow_post),
    ThreadRejected: (follow_post,),
    EditHeld: (open_for_edit, announce_edit),
    EditEnded: (close_after_edit,),
    ThreadClosed: (closing_notices.announce_closing,),
    ThreadClosingSoon: (announce,),
    ThreadReopened: (closing_notices.forget_closing,),
    TimerFired: (closing_notices.announce_reminder,),
    ReviewDecided: (teach,),
    ReviewUndone: (closing_notices.forget_undone,),
    FlagRaised: (announce_review,),
    FlagResolved: (announce_flag,),
    AppealMade: (announce_appeal,),
    AppealDecided: (announce_outcome,),
    SiteChanged: (closing_jobs.look_again,),
    CategoryChanged: (closing_jobs.look_again,),
}
"""Called in the transaction of the event, with (session, event, event id): they insert rows or enqueue jobs."""

HOURS: Final = timedelta(hours=12)
"""A file of 200 MB takes minutes to import; the queue only ends an import that hangs."""

A_QUARTER: Final = timedelta(seconds=15)
"""Of a minute: so long people wait for their news when the worker that told them was killed."""

JOBS: Final = (
    JobKind(name="closing.sweep", work=Stepwise(closing_jobs.sweep)),
    JobKind(name=closing_jobs.FIRE, work=Stepwise(closing_jobs.fire)),
    JobKind(name=closing_jobs.WARN, work=Stepwise(closing_jobs.warning(somebody_wants_warnings))),
    JobKind(name="closing.look_again", work=Transactional(closing_jobs.tell_reopened)),
    JobKind(name=NOTIFY, work=Stepwise(notifications_jobs.notify, lease=A_QUARTER, timeout=HOURS)),
    JobKind(name=ASK, work=Transactional(notifications_jobs.ask)),
    JobKind(name=TELL_DECISION, work=Transactional(outcome_jobs.tell_decision)),
    JobKind(name=TELL_FLAG, work=Transactional(outcome_jobs.tell_flag)),
    JobKind(name=TELL_APPEAL, work=Transactional(outcome_jobs.tell_appeal)),
    JobKind(
        name=DELIVER,
        work=Outside(notifications_jobs.deliver),
        schedule=notifications_jobs.RETRIES,
        when_dead=notifications_jobs.give_up,
    ),
    JobKind(
        name=BRING_PUSH,
        work=Elsewhere(notifications_jobs.push),
        schedule=notifications_jobs.PUSH_RETRIES,
        when_dead=notifications_jobs.give_up_push,
    ),
    JobKind(name=closing_notices.FORGET, work=Stepwise(forget_notices)),
    JobKind(name=closing_notices.FORGET_EVENTS, work=Stepwise(forget_events)),
    JobKind(name=LOOK, work=Stepwise(transfer_jobs.look, timeout=HOURS), when_dead=transfer_jobs.give_up),
    JobKind(name="transfer.tidy", work=Stepwise(transfer_jobs.tidy)),
    JobKind(name=BRING, work=Stepwise(transfer_jobs.bring, timeout=HOURS), when_dead=transfer_jobs.give_up),
    JobKind(name="accounts.forget_ended", work=Transactional(accounts_jobs.forget_ended)),
    JobKind(name=drafts_jobs.FORGET, work=Stepwise(drafts_jobs.forget_old)),
    JobKind(
        name=ASK_OUTSIDE,
        work=Elsewhere(moderation_jobs.ask_outside),
        schedule=moderation_jobs.RETRIES,
        when_dead=moderation_jobs.give_up_asking,
    ),
    JobKind(name=TELL_OUTSIDE, work=Elsewhere(moderation_jobs.tell_outside), schedule=moderation_jobs.RETRIES),
    JobKind(name=moderation_jobs.PURGE, work=Stepwise(moderation_jobs.purge)),
    JobKind(name=screening_jobs.FORGET_HOSTS, work=Transactional(screening_jobs.forget_hosts)),
    JobKind(
        name=screening_jobs.TRY,
        work=Stepwise(screening_jobs.try_rules, timeout=HOURS),
        when_dead=screening_jobs.give_up_backtest,
    ),
    JobKind(name=audit_jobs.FORGET, work=Stepwise(audit_jobs.forget_addresses)),
    JobKind(name="web.forget_old", work=Transactional(housekeeping.forget_old)),
)

SCHEDULE: Final = (
    Cron("closing.sweep", timedelta(seconds=5), "closing.sweep"),
    Cron("closing.fire", timedelta(seconds=5), closing_jobs.FIRE),
    Cron("closing.warn", timedelta(minutes=5), closing_jobs.WARN),
    Cron("accounts.forget_ended", timedelta(hours=1), "accounts.forget_ended"),
    Cron("drafts.forget_old", timedelta(days=1), drafts_jobs.FORGET),
    Cron("moderation.purge", timedelta(days=1), moderation_jobs.PURGE),
    Cron("audit.forget_addresses", timedelta(days=1), audit_jobs.FORGET),
    Cron("screening.forget_hosts", timedelta(days=1), screening_jobs.FORGET_HOSTS),
    Cron("transfer.tidy", timedelta(days=1), "transfer.tidy"),
    Cron("web.forget_old", timedelta(hours=1), "web.forget_old"),
)

IMPORTERS: Final = {"wordpress": transfer_jobs.carry_out}
"""How `parley import` brings discussions, by where they come from."""

ROUTERS: Final[tuple[APIRouter, ...]] = (
    replies_api.router,
    threads_api.router,
    accounts_api.router,
    categories_api.router,
    closing_api.router,
    subscriptions_api.router,
    drafts_api.router,
    reactions_api.router,
    notifications_api.router,
    devices_api.router,
    live_api.router,
    moderation_api.router,
    screening_api.router,
    audit_api.router,
    site_api.router,
    background_api.router,
)
"""The JSON doors, under /api/v1. The busiest come first: a request is compared with every route before its own."""

PAGES: Final[tuple[APIRouter, ...]] = (
    home.router,
    feeds.router,
    thread.router,
    compose.router,
    edit.router,
    delete.router,
    flag.router,
    revisions.router,
    timers.router,
    notifications.router,
    mod_queue.router,
    mod_rules.router,
    mod_backtests.router,
    appeals.router,
    statement.router,
    mod_reasons.router,
    mod_log.router,
    closings.router,
    profile.router,
    register.router,
    sign_in.router,
    settings.router,
    preferences.router,
    drafts.router,
    followed.router,
    admin.router,
    imports.router,
    background.router,
    metrics.router,
    problems.router,
    api_docs.router,
    tags.router,
    robots.router,
    unsubscribe.router,
    mail_again.router,
    review_link.router,
    why.router,
)
"""The screens of the website."""
