"""The first reading of a file: it changes nothing, finds whatever is wrong with it, and makes the report."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from service.kit.text.html import render_html
from service.kit.wordpress import Blog, Broken, Export, Post
from service.transfer.errors import Refused
from service.transfer.models import MOST_SOURCE
from service.transfer.policy import Passed, Report, Taken, arrange, decide
from service.transfer.policy.deciding import KINDS
from service.transfer.policy.names import line
from service.transfer.policy.report import count

TURN: Final = 0.2
"""Seconds of reading between two looks at the clock and at who else wants to run."""

Progress = Callable[[int], Awaitable[None]]
"""Called now and then with the number of bytes that have been dealt with."""


async def look_through(export: Export, progress: Progress) -> tuple[Report, Blog]:
    """Read the file to its end: what it holds, and the blog it comes from. Raises Refused."""
    report = Report()
    posts = export.posts()
    try:
        while await asyncio.to_thread(_look_for_a_turn, posts, export, report):
            await progress(export.read)
        await progress(export.size)
    except Broken as error:
        raise Refused(f"{error}. Nothing was imported.") from error
    source = export.blog.url
    if not source or len(source) > MOST_SOURCE:
        raise Refused("The file does not say which blog it comes from (wp:base_blog_url). Nothing was imported.")
    report.source, report.title = source, line(export.blog.title)
    return report, export.blog


def _look_for_a_turn(posts: Iterator[Post], export: Export, report: Report) -> bool:
    """Look at posts for a moment; False when there are no more."""
    end = time.monotonic() + TURN
    for post in posts:
        _look_at(post, export.blog, report)
        if time.monotonic() > end:
            return True
    return False


def decided(post: Post, blog: Blog) -> Taken | Passed:
    """What becomes of a post; its text is rendered only where it has to stand in for a title."""
    untitled = post.text is not None and not line(post.title)
    return decide(post, blog, render_html(post.text or "", "title") if untitled else "")


def _look_at(post: Post, blog: Blog, report: Report) -> None:
    if post.kind not in KINDS:
        count(report.others, line(post.kind)[:60])
        return
    pings = [comment.kind for comment in post.comments if comment.is_ping]
    report.pingbacks += pings.count("pingback")
    report.trackbacks += pings.count("trackback")
    taken = decided(post, blog)
    if isinstance(taken, Passed):
        count(report.passed_over, line(taken.reason)[:60])
        report.comments_passed_over += len(post.comments) - len(pings)
        if taken.problem:
            report.remark(post.kind, post.id, post.line, line(post.title), taken.problem, "it is not imported")
        return
    _count_taken(post, taken, report)
    arranged = arrange(post.comments, taken.at)
    for placed in arranged.placed:
        report.comments[placed.state].found += 1
        if placed.problem:
            comment = placed.comment
            report.remark("comment", comment.id, comment.line, taken.title, placed.problem, placed.done)
    for comment, problem in arranged.left:
        report.remark("comment", comment.id, comment.line, taken.title, problem, "it is not imported")


def _count_taken(post: Post, taken: Taken, report: Report) -> None:
    report.tally(post).found += 1
    count(report.authors, taken.author_name or "Anonymous")
    count(report.categories, taken.filing.name)
    for tag in taken.tags:
        count(report.tags, tag)
    for remark in taken.remarks:
        report.remark(post.kind, post.id, post.line, taken.title, remark.problem, remark.done)
