"""Converts rules between words and RRULEs (RFC 5545): ``2 weeks``, ``last working day of the quarter``.

`in_words` describes a rule so that `parse_every` reads the same rule back. ``every weekday`` and ``every working day``
are one rule, Monday to Friday.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from planner.domain.errors import InputError
from planner.domain.formats import MONTHS, WEEKDAYS, dated_text
from planner.domain.typed.names import DAY_NAMES, MONTH_NAMES, MONTH_OF, NUMBER_OF, WEEKDAY_OF, number
from planner.domain.typed.rule_dates import BY_DAY, LEAP_DAY, WORKING_WEEK, occurrences, parts_of

COUNT = rf"(?:\d{{1,3}}|{'|'.join(NUMBER_OF)})"
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ALLOWED = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST", "BYYEARDAY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def parse_every(text: str) -> str:
    """Return the RRULE for ``weekday``, ``monday``, ``2 weeks``, ``month end`` or an RRULE. Raises InputError."""
    phrase = " ".join(text.strip().lower().split()).removeprefix("every ")
    if "freq=" in phrase:
        return _rrule(text.strip().upper().removeprefix("RRULE:"), text)
    phrase = re.sub(r" of (?:each|every) ", " of the ", phrase.removeprefix("the ")).replace(" and every ", " and ")
    for reader in () if not phrase else (_plainly, _on_weekdays, _by_interval, _in_period, _of_year):
        rule = reader(phrase)
        if rule is not None:
            return rule
    raise InputError(
        f"{text!r} isn't a way to repeat. Write weekday, monday, 2 weeks, month end, or an RRULE like "
        "FREQ=MONTHLY;BYMONTHDAY=15."
    )


_WORKING_DAY = "working days?|weekdays?|work ?days?|business days?"
_PLAIN = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
    **dict.fromkeys(("quarter", "quarterly"), "FREQ=MONTHLY;INTERVAL=3"),
    **dict.fromkeys(("fortnight", "fortnightly"), "FREQ=WEEKLY;INTERVAL=2"),
    **dict.fromkeys(("weekend", "weekends"), "FREQ=WEEKLY;BYDAY=SA,SU"),
    **dict.fromkeys(("month end", "end of month", "end of the month", "month's end"), "FREQ=MONTHLY;BYMONTHDAY=-1"),
    **dict.fromkeys(("month start", "start of month", "start of the month"), "FREQ=MONTHLY;BYMONTHDAY=1"),
    **dict.fromkeys(
        ("quarter end", "end of quarter", "end of the quarter"), "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
    ),
    **dict.fromkeys(("year end", "end of year", "end of the year"), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
}


def _plainly(phrase: str) -> str | None:
    if re.fullmatch(_WORKING_DAY, phrase):
        return f"FREQ=WEEKLY;BYDAY={WORKING_WEEK}"
    return _PLAIN.get(phrase)


def _on_weekdays(phrase: str) -> str | None:
    """Parse ``mon, wed and fri``, ``mon-fri``, ``other tuesday``, ``day except sunday``."""
    other = re.fullmatch(rf"(other|{COUNT}) (.+)", phrase)
    days = _weekdays(other[2] if other else phrase)
    if days is None:
        return None
    interval = 1 if other is None else 2 if other[1] == "other" else number(other[1])
    if other is not None and other[1] != "other" and not phrase.endswith("s"):
        return None  # "2 mondays" is every other Monday, "2 monday" means nothing
    return f"FREQ=WEEKLY{_interval_words(interval)};BYDAY={days}" if interval else None


def _weekdays(phrase: str) -> str | None:
    """Return BYDAY for several weekdays, or None."""
    but = re.fullmatch(rf"(?:days?|({_WORKING_DAY})) (?:except|but)(?: on)? (.+)", phrase)
    if but:
        without = _weekdays(re.sub(r"weekends?", "sat and sun", but[2]))
        every = WORKING_WEEK.split(",") if but[1] else BY_DAY
        left = ",".join(day for day in every if without is not None and day not in without.split(","))
        return left or None
    run = re.fullmatch(r"([a-z]+)(?: ?[-–] ?| to | through )([a-z]+)", phrase)
    if run and run[1] in WEEKDAY_OF and run[2] in WEEKDAY_OF:
        first, last = WEEKDAY_OF[run[1]], WEEKDAY_OF[run[2]]
        found = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    else:
        names = [part for part in re.split(r"[ ,&/]+|\band\b", phrase) if part]
        known = [WEEKDAY_OF.get(name, WEEKDAY_OF.get(name.removesuffix("s"))) for name in names]
        found = {day for day in known if day is not None}
        if not known or None in known:
            return None
    return ",".join(BY_DAY[day] for day in sorted(found))


def _by_interval(phrase: str) -> str | None:
    """Parse ``2 weeks``, ``other month``, ``3rd day``, ``2 weeks on tue and thu``, ``3 months on the 15th``."""
    match = re.fullmatch(
        rf"(?:(other|{COUNT}|{_PLACE}) )?(day|week|month|quarter|year)s?(?: on (?:the )?(.+))?", phrase
    )
    if match is None:
        return None
    place = _PLACES.get(match[1] or "") or _ordinal_number(match[1] or "")
    interval = 2 if match[1] == "other" else number(match[1] or "1") if place is None else place
    unit, on = match[2], match[3]
    if interval < 1 or (place == 1 and unit == "day"):
        return None
    if unit == "quarter":
        if on is not None:
            return _in_period(f"{on} of the quarter") if interval == 1 else None
        unit, interval = "month", interval * 3
    rule = f"FREQ={_UNITS[unit]}{_interval_words(interval)}"
    return rule if on is None else _add_days(rule, unit, on)


def _add_days(rule: str, unit: str, on: str) -> str | None:
    """Add the days it falls on to a rule of weeks, months or years, or return None if they are none of its days."""
    if unit == "week":
        days = _weekdays(on)
        return None if days is None else f"{rule};BYDAY={days}"
    if unit == "month":
        days, _ = _days_of_month(re.sub(r"^(\d{1,2})$", r"\1th", on)) or (None, False)
        return None if days is None else f"{rule};{days}"
    if unit == "year":
        dated = _of_year(on)
        return None if dated is None or LEAP_DAY in dated else dated.replace("FREQ=YEARLY", rule)
    return None


_PLACES = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
} | {"last": -1, "second last": -2, "second to last": -2, "third last": -3}
_PLACE = rf"(?:{'|'.join(sorted(_PLACES, key=len, reverse=True))}|\d{{1,2}}(?:st|nd|rd|th))"


def _ordinal_number(word: str) -> int | None:
    return int(word[:-2]) if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", word) else None


def _in_period(phrase: str) -> str | None:
    """Parse ``15th``, ``first monday``, ``last working day of the quarter``, ``last fri of march``."""
    match = re.fullmatch(rf"(.+?)(?: of (?:the )?(month|quarter|year|{MONTH_NAMES}))?", phrase)
    assert match is not None
    found = _days_of_month(match[1])
    if found is None:
        return None
    days, backwards = found
    period = match[2] or "month"
    if period == "month":
        return f"FREQ=MONTHLY;{days}"
    if period in MONTH_OF:
        return None if "BYMONTHDAY=" in days and not backwards else f"FREQ=YEARLY;BYMONTH={MONTH_OF[period]};{days}"
    if re.search(r"(?:^|[;=,])5[A-Z]", days):
        return None  # the fifth Monday of a quarter needn't be in its first month
    if period == "quarter":
        return f"FREQ=MONTHLY;BYMONTH={'3,6,9,12' if backwards else '1,4,7,10'};{days}"
    return f"FREQ=YEARLY;BYMONTH={12 if backwards else 1};{days}"


def _days_of_month(phrase: str) -> tuple[str, bool] | None:
    """Return days of a month as RRULE parts and whether they count from its end, or None for anything else."""
    if phrase == "end":
        return "BYMONTHDAY=-1", True
    match = re.fullmatch(rf"(.+?)(?: (day|{_WORKING_DAY}|{DAY_NAMES}))?", phrase)
    assert match is not None
    noun = match[2]
    items = [item.removeprefix("the ") for item in re.split(r" ?, ?(?:and )?| and ", match[1])]
    if noun is None and not any(_ordinal_number(item) for item in items):
        return None
    places = [_place(item, noun) for item in items]
    if not all(-3 <= place <= 31 and place for place in places):
        return None
    places = sorted(set(places), key=lambda place: place if place > 0 else 99 + place)
    days = _place_parts(places, noun)
    return None if days is None else (days, places[0] < 0)


def _place(word: str, noun: str | None) -> int:
    """Return the place in a month that a word means: 1 the first, -1 the last, 0 for none. Beside ordinals that is also
    a plain number, as in ``1 and 15th``.
    """
    if noun == "day":
        word = word.removesuffix(" day")
    plain = int(word) if noun is None and word.isdecimal() else 0
    return _PLACES.get(word) or _ordinal_number(word) or plain


def _place_parts(places: list[int], noun: str | None) -> str | None:
    """Return the RRULE parts for places among a month's days, working days or one of its weekdays, or None if no month
    has so many.
    """
    if noun is None or noun == "day":
        return _month_days(places)
    if noun in WEEKDAY_OF:
        day = BY_DAY[WEEKDAY_OF[noun]]
        within = all(place <= 5 for place in places)
        return f"BYDAY={','.join(f'{place}{day}' for place in places)}" if within else None
    return f"BYDAY={WORKING_WEEK};BYSETPOS={','.join(map(str, places))}" if places[-1] <= 23 else None


def _month_days(places: list[int]) -> str:
    """Return BYMONTHDAY for some days. A month too short for the last of them uses its own last day."""
    if places == [31] or (places[-1] in (29, 30) and (len(places) == 1 or places[-2] < 28)):
        days = [*places[:-1], *range(28, places[-1] + 1)]
        found = [*range(1, len(places)), -1]
        return f"BYMONTHDAY={','.join(map(str, days))};BYSETPOS={','.join(map(str, found))}"
    return f"BYMONTHDAY={','.join(str(-1 if place == 31 else place) for place in places)}"


def _of_year(phrase: str) -> str | None:
    """Parse ``5th of march``, ``25 dec``, ``march 5``."""
    match = re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?\.?(?: of)? ({MONTH_NAMES})\.?", phrase)
    turned = re.fullmatch(rf"({MONTH_NAMES})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?", phrase)
    if match is None and turned is None:
        return None
    day, name = (match[1], match[2]) if match else (turned[2], turned[1]) if turned else ("", "")
    month = MONTH_OF[name]
    try:
        date(2028, month, int(day))  # a leap year
    except ValueError:
        return None
    return (
        f"FREQ=YEARLY;{LEAP_DAY}"
        if (month, int(day)) == (2, 29)
        else f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={int(day)}"
    )


def _interval_words(interval: int) -> str:
    return "" if interval == 1 else f";INTERVAL={interval}"


def _rrule(rule: str, text: str) -> str:
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if part)
    unknown = set(parts) - _ALLOWED
    if unknown or parts.get("FREQ") not in _FREQUENCIES:
        raise InputError(f"{text!r} can't be used. A task repeats by days, weeks, months or years, not hours.")
    if not re.fullmatch(r"\d{1,3}", parts.get("INTERVAL", "1"), re.ASCII) or not int(parts.get("INTERVAL", "1")):
        raise InputError(f"{text!r}: the interval must be 1 to 999.")
    if parts["FREQ"] in ("WEEKLY", "DAILY") and re.search(r"\d", parts.get("BYDAY", "")):
        raise InputError(f"{text!r}: the first or last Monday only works by the month or year.")
    try:
        start = datetime(2026, 1, 1)
        if not _has_a_day(parts):
            raise InputError(f"{text!r} never happens.")
        if "UNTIL" not in parts and not any(True for _ in occurrences(rule, start, start - timedelta(days=1))):
            raise InputError(f"{text!r} never happens.")
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{text!r} isn't a valid rule.") from error
    return rule


def _has_a_day(parts: dict[str, str]) -> bool:
    """Whether a leap year has a day in a rule's months that is one of its days. Without one, dateutil would search up
    to the year 9999. Raises ValueError for what isn't a number.
    """
    from calendar import monthrange  # only a typed RRULE is checked

    months, month_days, year_days = (
        {int(each) for each in parts[name].split(",")} if name in parts else None
        for name in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY")
    )
    leap_year = [date(2028, 1, 1) + timedelta(days=count) for count in range(366)]
    return any(
        (months is None or day.month in months)
        and (month_days is None or bool({day.day, day.day - monthrange(2028, day.month)[1] - 1} & month_days))
        and (year_days is None or bool({place, place - 367} & year_days))
        for place, day in enumerate(leap_year, start=1)
    )


# rule to words

_PLACE_WORDS = {number: word for word, number in reversed(_PLACES.items()) if number < 5}
_MONTHS_OF_QUARTER = ("1,4,7,10", "3,6,9,12")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_words(rule: str) -> str:
    """Describe a rule in words that `parse_repeat` reads back, or return the RRULE if it has none."""
    parts = parts_of(rule)
    until, count = parts.pop("UNTIL", ""), parts.pop("COUNT", "")
    end = f" until {dated_text(date.fromisoformat(until[:8]))}" if until else f" {count} times" if count else ""
    words = _in_words(parts)
    return f"{words}{end}" if words else rule


def _in_words(parts: dict[str, str]) -> str:
    interval, names = int(parts.get("INTERVAL", "1")), set(parts) - {"FREQ", "INTERVAL"}
    unit = {frequency: word for word, frequency in _UNITS.items()}[parts["FREQ"]]
    every = unit if interval == 1 else f"{interval} {unit}s"
    if not names:
        return every
    if unit == "week":
        return _in_week(every, parts["BYDAY"]) if names == {"BYDAY"} else ""
    within = "" if unit == "day" else _in_month(parts)
    if not within:
        return ""
    months = parts.get("BYMONTH")
    if unit == "month" and months is None:
        alone = "month end" if within == "last day" else f"{within} of the month"
        return alone if interval == 1 else f"{every} on the {within}"
    if unit == "month" and months in _MONTHS_OF_QUARTER and interval == 1:
        return f"{within} of the quarter"
    if unit == "year" and months is not None and months.isdigit():
        dated = _in_named_month(MONTHS[int(months) - 1], within)
        return dated if interval == 1 else f"{every} on {dated}"
    return ""


def _in_named_month(month: str, within: str) -> str:
    """Describe days of one month of the year: ``5 Mar``, ``first Mon of Mar``."""
    dated = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", within)
    return f"{dated[1]} {month}" if dated else f"{within} of {month}"


def _in_week(every: str, by_day: str) -> str:
    """Describe the days of every week, or of every few: ``weekday``, ``Mon, Wed``, ``2 weeks on Tue``."""
    days = by_day.split(",")
    if not set(days) <= set(BY_DAY):
        return ""
    listed = ", ".join(WEEKDAYS[BY_DAY.index(day)] for day in days)
    if every != "week":
        return f"{every} on {listed}"
    return "weekday" if by_day == WORKING_WEEK else listed


def _in_month(parts: dict[str, str]) -> str:
    """Describe the days of a month: ``15th and last day``, ``first Mon``, ``5th working day``, or an empty string."""
    names = set(parts) - {"FREQ", "INTERVAL", "BYMONTH"}
    if names == {"BYDAY", "BYSETPOS"} and parts["BYDAY"] == WORKING_WEEK:
        return f"{_join_places(parts['BYSETPOS'].split(','))} working day"
    if names == {"BYDAY"}:
        return _weekday_in_month(parts["BYDAY"])
    if names == {"BYMONTHDAY", "BYSETPOS"}:
        return _day_or_last(parts["BYMONTHDAY"], parts["BYSETPOS"])
    days = parts.get("BYMONTHDAY", "").split(",")
    if names != {"BYMONTHDAY"} or not all(re.fullmatch(r"\d+|-[1-3]", day) for day in days):
        return ""
    listed = _join_places(days, ordinals=True)
    return f"{listed} day" if any(day.startswith("-") for day in days) else listed


def _weekday_in_month(by_day: str) -> str:
    """Describe the places of one weekday: ``first and third Mon``, or an empty string for anything else."""
    found = [re.fullmatch(r"(-?\d)([A-Z]{2})", day) for day in by_day.split(",")]
    placed = [match.groups() for match in found if match]
    if len(placed) != len(found) or len({day for _, day in placed}) != 1:
        return ""
    return f"{_join_places([place for place, _ in placed])} {WEEKDAYS[BY_DAY.index(placed[0][1])]}"


def _day_or_last(month_days: str, positions: str) -> str:
    """Describe days of which a shorter month has its own last one (`_month_days`), or return an empty string."""
    days = month_days.split(",")
    whole = [int(day) for day in days if day.isdigit()]
    for many in range(len(whole)):
        if _month_days([*whole[:many], whole[-1]]) == f"BYMONTHDAY={month_days};BYSETPOS={positions}":
            return _join_places([*days[:many], days[-1]], ordinals=True)
    return ""


def _join_places(places: list[str], *, ordinals: bool = False) -> str:
    words = []
    for place in places:
        number = int(place)
        spelled = number < 0 or (number < 5 and not ordinals)
        words.append(_PLACE_WORDS.get(number, place) if spelled else _ordinal(number))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
