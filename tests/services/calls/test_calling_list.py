"""The calling list: who is on it, in which order, and when they come back."""

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
from tests.scenes import context_at, move_clock

MONDAY = date(2026, 11, 16)
WEEKDAYS = [MONDAY + n * DAY for n in range(-100, 100) if (MONDAY + n * DAY).weekday() < 5]


@pytest.fixture
def rep(tmp_path: Path) -> AppContext:
    """Six people with numbers, on a Monday morning."""
    ctx = context_at(tmp_path, datetime(2026, 11, 2, 9))
    for name in ("Ada", "Ben", "Cho", "Dan", "Eve", "Fay"):
        people.add(ctx, name, {"phones": [f"+1 201 555 01{len(name) + ord(name[0])}"]})
    return ctx


def on(ctx: AppContext, day: date, filters: Filters | None = None) -> list[ListEntry]:
    """The list built for a day, on the evening before."""
    move_clock(ctx, datetime.combine(day - DAY, time(18)))
    return list(calling_list.build(ctx, day, filters or Filters()).calling.entries)


def names(entries: list[ListEntry]) -> list[str]:
    return [entry.contact.name for entry in entries]


def test_order_is_callbacks_promises_retries_then_new(rep: AppContext) -> None:
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
        "2nd try, last Mon 2 Nov",
        "never called",
        "never called",
        "last called Mon 2 Nov",
    ]


def test_filters_never_hide_promised_calls(rep: AppContext) -> None:
    tasks.add(rep, "callback Fay", due=Due(date(2026, 11, 17)), contact="Fay", kind="callback")
    assert names(on(rep, date(2026, 11, 17), Filters(city="Nowhere"))) == ["Fay"]


def test_contact_is_not_listed_before_the_callback_they_asked_for(rep: AppContext) -> None:
    tasks.add(rep, "callback Fay", due=Due(date(2026, 11, 20)), contact="Fay", kind="callback")
    assert "Fay" not in names(on(rep, date(2026, 11, 17)))
    assert names(on(rep, date(2026, 11, 20)))[0] == "Fay"


def test_retry_cadence_counts_working_days_and_ends(rep: AppContext) -> None:
    # tried on Friday the 6th, then due after one, three and seven working days: 9, 12, 23
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
    activity_log.log(rep, "dial", outcome="conversation", contact="Ada")  # they called back, so they are listed again
    assert "Ada" in names(on(rep, date(2027, 3, 2)))


def test_invalid_cadence_falls_back_to_the_default(rep: AppContext) -> None:
    store_value(rep.settings_path, "calls.cadence", [5])
    rep.reread_config()
    move_clock(rep, datetime(2026, 11, 9, 10))
    activity_log.log(rep, "dial", outcome="no-answer", contact="Ada")
    assert "Ada" not in names(on(rep, date(2026, 11, 13)))
    assert "Ada" in names(on(rep, date(2026, 11, 16)))
    Path(rep.settings_path).write_text("[calls]\ncadence = [0.5]\n", encoding="utf-8")
    assert "calls.cadence" in rep.reread_config().problems[0]
    assert rep.config["calls.cadence"] == list(CADENCE)


def test_hour_filter_prefers_contacts_reached_or_untried_then(rep: AppContext) -> None:
    for who, outcome, hour in (("Ada", "conversation", 10), ("Ben", "no-answer", 10), ("Cho", "no-answer", 15)):
        move_clock(rep, datetime(2026, 11, 4, hour, 5))
        activity_log.log(rep, "dial", outcome=outcome, contact=who)
    assert names(on(rep, date(2026, 11, 17), Filters(hour=10))) == ["Cho", "Dan", "Eve", "Fay", "Ada"]
    with pytest.raises(InputError, match="0 to 23"):
        Filters(hour=24)


def test_wrong_number_is_never_listed_again(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="wrong-number", contact="Ada")
    assert "Ada" not in names(on(rep, date(2026, 11, 17)))


@given(st.integers(0, 6), st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_due_retry_stays_due(tries: int, passed: int, cadence: list[int]) -> None:
    last = WEEKDAYS[40]
    found = [retry_due(tries, last, last + timedelta(days=n), WEEKDAYS, cadence) for n in range(passed + 1)]
    if tries > len(cadence):
        assert set(found) == {None}
    else:
        assert list(accumulate(found, lambda a, b: a or b)) == found  # once due, always due
        if not tries:
            assert all(found)


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd",
    ]  # fmt: skip


def test_same_number_is_listed_once(rep: AppContext) -> None:
    store_value(rep.settings_path, "calendar.country", "US")
    rep.reread_config()
    people.add(rep, "Gil", {"phones": ["(201) 555-0168"]}, force=True)  # Ada's
    assert names(on(rep, date(2026, 11, 17))).count("Gil") == 0
    with pytest.raises(KnownAlready, match="already on the list"):
        calling_list.add(rep, date(2026, 11, 17), "Gil")
    built = calling_list.paste(rep, date(2026, 11, 17), "Hal, 1-201-555-0168\nIda, 201 555 0000")
    assert (built.twice, built.added) == (["Hal"], 1)


def test_pasted_first_name_matches_a_contact(rep: AppContext) -> None:
    people.add(rep, "Joy Smith", {})
    built = calling_list.paste(rep, date(2026, 11, 17), "Joy, 201 555 0001")
    assert (built.made, names(list(built.calling.entries))) == (0, ["Joy Smith"])


def test_do_not_call_contacts_are_not_listed(rep: AppContext) -> None:
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
def test_refusals_are_retried_after_weeks(rep: AppContext, weeks: int | None, day: date, comes: bool) -> None:
    if weeks is not None:
        store_value(rep.settings_path, "calls.cadence_refused", weeks)
        rep.reread_config()
    activity_log.log(rep, "dial", outcome="refused", contact="Ada")
    assert ("Ada" in names(on(rep, day))) is comes


def test_later_conversation_or_callback_overrides_a_refusal(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="refused", contact="Ada")
    activity_log.log(rep, "dial", outcome="refused", contact="Ben")
    move_clock(rep, datetime(2026, 11, 3, 9))
    activity_log.log(rep, "conversation", contact="Ada")
    tasks.add(rep, "callback Ben", due=Due(date(2026, 11, 5)), contact="Ben", kind="callback")
    assert names(on(rep, date(2026, 11, 5))) == ["Ben", "Cho", "Dan", "Eve", "Fay", "Ada"]
