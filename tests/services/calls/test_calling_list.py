"""The calling list: whose turn it is, and who waits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.config.writing import store_value
from planner.domain.calls.calling_list import CADENCE, Filters, ListEntry, Why, ordinal, retry_due
from planner.domain.day.tasks import Due
from planner.domain.errors import DoNotCall, InputError, KnownAlready
from planner.domain.workdays import DAY
from planner.services.calls import activity_log, calling_list
from planner.services.clients import people, promises
from planner.services.context import AppContext
from planner.services.day import tasks
from tests.scenes import desk_at, move_clock

MONDAY = date(2026, 11, 16)
WEEKDAYS = [MONDAY + n * DAY for n in range(-100, 100) if (MONDAY + n * DAY).weekday() < 5]


@pytest.fixture
def rep(tmp_path: Path) -> AppContext:
    """Six people with numbers, on a Monday evening."""
    ctx = desk_at(tmp_path, datetime(2026, 11, 2, 9))
    for name in ("Ada", "Ben", "Cho", "Dan", "Eve", "Fay"):
        people.add(ctx, name, {"phones": [f"+1 201 555 01{len(name) + ord(name[0])}"]})
    return ctx


def on(ctx: AppContext, day: date, filters: Filters | None = None) -> list[ListEntry]:
    """The list that is built for a day, on the evening before."""
    move_clock(ctx, datetime.combine(day - DAY, time(18)))
    return list(calling_list.build(ctx, day, filters or Filters()).calling.entries)


def names(entries: list[ListEntry]) -> list[str]:
    return [entry.contact.name for entry in entries]


def test_callbacks_and_promises_come_first_then_tries_then_new_ones(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="conversation", contact="Ada")
    activity_log.log(rep, "dial", outcome="voicemail", contact="Ben")
    tasks.add(rep, "callback Fay", due=Due(date(2026, 11, 17), time(11)), contact="Fay", kind="callback")
    promises.add(rep, "send the list", Due(date(2026, 11, 17), time(9)), contact="Eve")
    found = on(rep, date(2026, 11, 17), Filters(never_called=False))
    assert names(found) == ["Fay", "Eve", "Ben", "Cho", "Dan", "Ada"]
    assert [entry.why for entry in found] == [Why.CALLBACK, Why.PROMISE, Why.RETRY, Why.NEW, Why.NEW, Why.AGAIN]
    assert [entry.reason() for entry in found] == [
        "callback 11:00",
        "promise 09:00",
        "2nd try, last 2 Nov",
        "never called",
        "never called",
        "last 2 Nov 2026",
    ]


def test_filters_never_hide_who_was_promised_a_call(rep: AppContext) -> None:
    tasks.add(rep, "callback Fay", due=Due(date(2026, 11, 17)), contact="Fay", kind="callback")
    assert names(on(rep, date(2026, 11, 17), Filters(city="Nowhere"))) == ["Fay"]


def test_who_asked_for_a_later_day_is_left_alone_until_then(rep: AppContext) -> None:
    tasks.add(rep, "callback Fay", due=Due(date(2026, 11, 20)), contact="Fay", kind="callback")
    assert "Fay" not in names(on(rep, date(2026, 11, 17)))
    assert names(on(rep, date(2026, 11, 20)))[0] == "Fay"


def test_the_cadence_counts_working_days_and_parks_at_its_end(rep: AppContext) -> None:
    # Friday the 6th, then one working day later, then three, then seven: 9, 12, 23
    expected = [date(2026, 11, 9), date(2026, 11, 12), date(2026, 11, 23)]
    tried = date(2026, 11, 6)
    for due in expected:
        move_clock(rep, datetime.combine(tried, time(10)))
        activity_log.log(rep, "dial", outcome="no-answer", contact="Ada")
        assert "Ada" not in names(on(rep, due - DAY)) or (due - DAY).weekday() > 4
        found = next(entry for entry in on(rep, due) if entry.contact.name == "Ada")
        assert found.why is Why.RETRY
        tried = due
    move_clock(rep, datetime.combine(tried, time(10)))
    activity_log.log(rep, "dial", outcome="no-answer", contact="Ada")
    assert "Ada" not in names(on(rep, date(2027, 3, 1)))
    activity_log.log(rep, "dial", outcome="conversation", contact="Ada")  # they called back: they are there again
    assert "Ada" in names(on(rep, date(2027, 3, 2)))


def test_a_cadence_can_be_set_and_a_bad_one_is_refused(rep: AppContext) -> None:
    store_value(rep.settings_path, "calls.cadence", [5])
    rep.reread_config()
    move_clock(rep, datetime(2026, 11, 9, 10))
    activity_log.log(rep, "dial", outcome="no-answer", contact="Ada")
    assert "Ada" not in names(on(rep, date(2026, 11, 13)))
    assert "Ada" in names(on(rep, date(2026, 11, 16)))
    Path(rep.settings_path).write_text("[calls]\ncadence = [0.5]\n", encoding="utf-8")
    assert "calls.cadence" in rep.reread_config().problems[0]
    assert rep.config["calls.cadence"] == list(CADENCE)


def test_the_best_hour_is_one_they_were_reached_at_or_not_tried_at(rep: AppContext) -> None:
    for who, outcome, hour in (("Ada", "conversation", 10), ("Ben", "no-answer", 10), ("Cho", "no-answer", 15)):
        move_clock(rep, datetime(2026, 11, 4, hour, 5))
        activity_log.log(rep, "dial", outcome=outcome, contact=who)
    assert names(on(rep, date(2026, 11, 17), Filters(hour=10))) == ["Cho", "Dan", "Eve", "Fay", "Ada"]
    with pytest.raises(InputError, match="0 to 23"):
        Filters(hour=24)


def test_a_wrong_number_never_comes_back(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="wrong-number", contact="Ada")
    assert "Ada" not in names(on(rep, date(2026, 11, 17)))


@given(st.integers(0, 6), st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_a_try_is_due_once_and_stays_due(tries: int, passed: int, cadence: list[int]) -> None:
    last = WEEKDAYS[40]
    found = [retry_due(tries, last, last + timedelta(days=n), WEEKDAYS, cadence) for n in range(passed + 1)]
    if tries > len(cadence):
        assert set(found) == {None}
    else:
        assert list(accumulate(found, lambda a, b: a or b)) == found  # never due and then not due again
        if not tries:
            assert all(found)


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd",
    ]  # fmt: skip


def test_one_number_is_called_once_however_it_is_written(rep: AppContext) -> None:
    store_value(rep.settings_path, "calendar.country", "US")
    rep.reread_config()
    people.add(rep, "Gil", {"phones": ["(201) 555-0168"]}, force=True)  # Ada's
    assert names(on(rep, date(2026, 11, 17))).count("Gil") == 0
    with pytest.raises(KnownAlready, match="already on the list"):
        calling_list.add(rep, date(2026, 11, 17), "Gil")
    built = calling_list.paste(rep, date(2026, 11, 17), "Hal, 1-201-555-0168\nIda, 201 555 0000")
    assert (built.twice, built.added) == (["Hal"], 1)


def test_a_first_name_and_a_number_that_are_pasted_are_who_they_are(rep: AppContext) -> None:
    people.add(rep, "Joy Smith", {})
    built = calling_list.paste(rep, date(2026, 11, 17), "Joy, 201 555 0001")
    assert (built.made, names(list(built.calling.entries))) == (0, ["Joy Smith"])


def test_who_asked_not_to_be_called_is_on_no_list(rep: AppContext) -> None:
    tasks.add(rep, "callback Ada", due=Due(date(2026, 11, 17)), contact="Ada", kind="callback")
    people.edit(rep, "Ada", {"do_not_call": True})
    assert "Ada" not in names(on(rep, date(2026, 11, 17)))
    with pytest.raises(DoNotCall):
        calling_list.add(rep, date(2026, 11, 17), "Ada")
    assert calling_list.paste(rep, date(2026, 11, 18), "Ada, +1 201 555 0168\nIda, 201 555 0000").barred == ["Ada"]
    assert names(list(calling_list.add(rep, date(2026, 11, 17), "Ada", force=True).calling.entries))[-1] == "Ada"


@pytest.mark.parametrize(
    ("weeks", "day", "comes"),
    [
        (None, date(2026, 11, 3), False),  # the next day
        (None, date(2026, 12, 25), False),
        (None, date(2026, 12, 28), True),  # eight weeks later
        (2, date(2026, 11, 16), True),
        (0, date(2027, 11, 16), False),
    ],
)
def test_who_refused_comes_back_after_weeks(rep: AppContext, weeks: int | None, day: date, comes: bool) -> None:
    if weeks is not None:
        store_value(rep.settings_path, "calls.cadence_refused", weeks)
        rep.reread_config()
    activity_log.log(rep, "dial", outcome="refused", contact="Ada")
    assert ("Ada" in names(on(rep, day))) is comes


def test_who_refused_and_asked_for_a_call_since_is_called(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="refused", contact="Ada")
    activity_log.log(rep, "dial", outcome="refused", contact="Ben")
    move_clock(rep, datetime(2026, 11, 3, 9))
    activity_log.log(rep, "conversation", contact="Ada")
    tasks.add(rep, "callback Ben", due=Due(date(2026, 11, 5)), contact="Ben", kind="callback")
    assert names(on(rep, date(2026, 11, 5))) == ["Ben", "Cho", "Dan", "Eve", "Fay", "Ada"]
