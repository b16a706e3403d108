"""When mail goes: the hours that clocks skip and repeat, and what holds for all zones, wishes and instants."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.notifications.models import DIGEST, SUMMARY, THREAD
from service.notifications.policy.timing import (
    DAILY,
    WEEKLY,
    MailTimes,
    Quiet,
    due_for,
    next_digest,
    on_the_wall,
    quiet_until,
)

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
TEN = timedelta(minutes=10)
NIGHT = Quiet(22 * 60, 7 * 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "first", "last"),
    [
        ("Europe/Berlin", date(2030, 1, 5), 8 * 60, "2030-01-05T07:00", "2030-01-05T07:00"),
        ("Europe/Berlin", date(2030, 3, 31), 2 * 60 + 30, "2030-03-31T01:00", "2030-03-31T01:00"),
        ("Europe/Berlin", date(2030, 10, 27), 2 * 60 + 30, "2030-10-27T00:30", "2030-10-27T01:30"),
        ("Australia/Lord_Howe", date(2030, 10, 6), 2 * 60 + 15, "2030-10-05T15:30", "2030-10-05T15:30"),
        ("Pacific/Apia", date(2011, 12, 30), 12 * 60, "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
    ids=["plain", "skipped", "twice", "half an hour skipped", "a day skipped"],
)
def test_local_times_that_are_missing_or_doubled(zone: str, day: date, minutes: int, first: str, last: str) -> None:
    assert on_the_wall(ZoneInfo(zone), day, minutes) == at(first)
    assert on_the_wall(ZoneInfo(zone), day, minutes, last=True) == at(last)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2030-01-04T20:59", None),
        ("2030-01-04T21:00", "2030-01-05T06:00"),
        ("2030-01-05T05:59", "2030-01-05T06:00"),
        ("2030-01-05T06:00", None),
        ("2030-01-05T22:00", None),
        ("2030-01-07T02:00", None),
        ("2030-01-07T21:30", "2030-01-08T06:00"),
    ],
    ids=[
        "Friday before",
        "Friday",
        "Saturday, still Friday's",
        "over",
        "Saturday has none",
        "Sunday neither",
        "Monday",
    ],
)
def test_quiet_hours_belong_to_the_weekday_on_which_they_begin(now: str, until: str | None) -> None:
    weekdays = MailTimes(TEN, BERLIN, quiet=Quiet(22 * 60, 7 * 60, frozenset(range(5))))
    assert quiet_until(weekdays, at(now)) == (at(until) if until else None)


def test_a_night_in_which_the_clock_changes_ends_when_the_wall_says_so() -> None:
    times = MailTimes(TEN, BERLIN, quiet=NIGHT)
    assert quiet_until(times, at("2030-03-30T22:00")) == at("2030-03-31T05:00")
    assert quiet_until(times, at("2030-10-26T22:00")) == at("2030-10-27T06:00")


def test_quiet_hours_that_end_in_the_skipped_hour_end_with_the_jump_and_in_the_doubled_one_at_its_second_turn() -> None:
    times = MailTimes(TEN, BERLIN, quiet=Quiet(23 * 60, 2 * 60 + 30))
    assert quiet_until(times, at("2030-03-30T23:00")) == at("2030-03-31T01:00")
    assert quiet_until(times, at("2030-10-27T00:45")) == at("2030-10-27T01:30")


def test_what_comes_by_day_waits_its_ten_minutes_and_what_comes_by_night_for_the_morning() -> None:
    times = MailTimes(TEN, BERLIN, quiet=NIGHT)
    day, night, evening = at("2030-01-05T12:00"), at("2030-01-05T23:00"), at("2030-01-05T20:55")
    found = due_for(times, day, thread_id=7, urgent=False)
    assert (found.kind, found.gather, found.at) == (THREAD, "thread:7", day + TEN)
    for now in (night, evening):
        found = due_for(times, now, thread_id=7, urgent=True)
        assert (found.kind, found.gather, found.at) == (SUMMARY, "summary:2030-01-06T06:00:00Z", at("2030-01-06T06:00"))


def test_without_a_delay_every_letter_goes_alone() -> None:
    now = at("2030-01-05T12:00")
    found = due_for(MailTimes(timedelta(0)), now, thread_id=7, urgent=False)
    assert (found.kind, found.gather, found.at) == (THREAD, "", now)


def test_digests_come_at_their_hour_and_carry_their_local_date() -> None:
    daily = MailTimes(TEN, NEW_YORK, digest=DAILY, hour=8)
    first = due_for(daily, at("2030-01-05T12:59"), thread_id=7, urgent=False)
    assert (first.kind, first.gather, first.at) == (DIGEST, "digest:daily:2030-01-05", at("2030-01-05T13:00"))
    after = due_for(daily, at("2030-01-05T13:00"), thread_id=7, urgent=False)
    assert (after.gather, after.at) == ("digest:daily:2030-01-06", at("2030-01-06T13:00"))
    weekly = MailTimes(TEN, NEW_YORK, digest=WEEKLY, hour=23, weekday=6)
    found = next_digest(weekly, at("2030-01-07T04:00"))
    assert (found.gather, found.at) == ("digest:weekly:2030-01-13", at("2030-01-14T04:00"))


def test_what_is_urgent_waits_for_no_digest() -> None:
    now = at("2030-01-05T12:00")
    assert due_for(MailTimes(TEN, digest=DAILY), now, thread_id=7, urgent=True).gather == "thread:7"


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
     "America/St_Johns", "Africa/Casablanca", "Pacific/Kiritimati", "Antarctica/Troll", "America/Sao_Paulo"]
).map(ZoneInfo)  # fmt: skip
MINUTES = st.integers(0, 24 * 60 - 1)
QUIET = st.none() | st.builds(Quiet, MINUTES, MINUTES, st.frozensets(st.integers(0, 6)))
WISHES = st.builds(
    MailTimes,
    st.integers(0, 60).map(lambda minutes: timedelta(minutes=minutes)),
    ZONES,
    digest=st.sampled_from([None, DAILY, WEEKLY]),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    quiet=QUIET,
)
INSTANTS = st.integers(1_230_768_000, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 2009 to 2060: years with skipped days, hours and half hours."""


@given(times=WISHES, now=INSTANTS, urgent=st.booleans())
def test_no_letter_is_due_before_its_news_or_in_quiet_hours(times: MailTimes, now: datetime, urgent: bool) -> None:
    found = due_for(times, now, thread_id=7, urgent=urgent)
    assert found.at >= now
    assert quiet_until(times, found.at) is None
    assert found.at <= now + timedelta(days=25)
    assert (found.kind == DIGEST) == (times.digest is not None and not urgent)
    assert len(found.gather) <= 60
    if found.kind == THREAD:
        assert found.at == now + times.delay


@given(times=WISHES, now=INSTANTS)
def test_quiet_hours_have_a_begin_and_an_end(times: MailTimes, now: datetime) -> None:
    """An end is no quiet moment, the one before it is; and what the wall shows is between begin and end."""
    until = quiet_until(times, now)
    if until is None:
        return
    assert now < until <= now + timedelta(days=3)
    assert quiet_until(times, until - timedelta(microseconds=1)) == until


@given(
    times=WISHES.filter(lambda times: times.digest is not None),
    start=INSTANTS,
    gaps=st.lists(st.integers(0, 200), max_size=20),
)
def test_a_period_never_comes_twice(times: MailTimes, start: datetime, gaps: list[int]) -> None:
    """News at any hours: each period has one moment, later periods come later, and news after one are in another."""
    moments: dict[str, datetime] = {}
    now = start
    for hours in gaps:
        found = due_for(times, now, thread_id=7, urgent=False)
        period = found.period
        assert period is not None
        assert now < period <= found.at
        assert moments.setdefault(found.gather, period) == period
        assert next_digest(times, period).gather != found.gather
        now += timedelta(hours=hours)
    assert sorted(moments) == sorted(moments, key=lambda key: moments[key])
