"""An import in a reader's words."""

from typing import Final

from service.pages import forms
from service.pages.views.imports import Line, ReportShown, RunShown, Strange
from service.transfer.models import ImportRun
from service.transfer.policy import Report

HEADINGS: Final = {
    "reading": "The file is being looked through",
    "ready": "What is in the file",
    "running": "The file is being imported",
    "done": "The file was imported",
    "failed": "The file was not imported",
}
STATES: Final = {
    "published": "Comments, approved", "pending": "Comments, waiting", "spam": "Comments, spam",
    "trashed": "Comments, in the trash",
}  # fmt: skip
REASONS: Final = {
    "draft": "drafts", "auto-draft": "drafts that were never saved", "pending": "posts that wait for an editor",
    "future": "posts that will appear later", "trash": "posts in the trash",
}  # fmt: skip
KINDS: Final = {
    "attachment": "pictures and files", "nav_menu_item": "entries of menus", "revision": "earlier versions",
    "custom_css": "style sheets", "wp_block": "building blocks",
}  # fmt: skip
"""WordPress's words for what is not imported, in a reader's; others stay as they are."""

MOST_SHOWN: Final = 40
MOST_STRANGE: Final = 200
"""Names of a kind, and strange things, that the page lists."""


def shown_run(run: ImportRun, run_id: int) -> RunShown:
    """A run as the page shows it."""
    busy = run.state in ("reading", "running")
    return RunShown(
        id=run_id,
        name=run.file_name,
        state=run.state,
        heading=HEADINGS[run.state],
        made_at=run.made_at,
        percent=min(99, run.place * 100 // max(run.size, 1)) if busy else None,
        report=shown_report(Report.model_validate(run.report)) if run.report else None,
        words=run.words,
        form=forms.fresh(),
    )


def shown_report(report: Report) -> ReportShown:
    """A report as the page shows it."""
    tallies = {"Posts": report.posts, "Pages": report.pages}
    tallies |= {STATES[state]: tally for state, tally in report.comments.items()}
    lines = tuple(Line(name, tally.found, tally.imported, tally.already) for name, tally in tallies.items())
    strange = [Strange(each.item, each.line, each.title, each.problem, each.done) for each in report.problems]
    return ReportShown(
        title=report.title,
        source=report.source,
        new=report.found - report.already,
        lines=lines,
        left=tuple(left_out(report)),
        named=tuple(named(report)),
        problems=tuple(strange[:MOST_STRANGE]),
        more_problems=report.more_problems + max(0, len(strange) - MOST_STRANGE),
    )


def left_out(report: Report) -> list[str]:
    """What is in the file and is not imported, each with its reason."""
    said = [f"{report.pingbacks} pingbacks and {report.trackbacks} trackbacks, which are no thoughts"]
    for reason, number in sorted(report.passed_over.items()):
        said.append(f"{REASONS.get(reason, f'posts {reason}')}: {number}")
    if report.comments_passed_over:
        said.append(f"comments on those: {report.comments_passed_over}")
    return said + [f"{KINDS.get(kind, kind)}: {number}" for kind, number in sorted(report.others.items())]


def named(report: Report) -> list[tuple[str, str]]:
    """Who wrote the posts, and where they go, the most frequent first."""
    said = []
    for title, counted in (("Authors", report.authors), ("Categories", report.categories), ("Tags", report.tags)):
        most = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        if most:
            more = f" and {len(most) - MOST_SHOWN} more" if len(most) > MOST_SHOWN else ""
            said.append((title, ", ".join(f"{name} ({number})" for name, number in most[:MOST_SHOWN]) + more))
    return said
