"""The words for days, months and numbers in dates and rules, and the one spelling that their patterns expect."""

from __future__ import annotations

import re

WEEKDAY_OF = {
    name: index
    for index, names in enumerate(
        [
            ("monday", "mon"),
            ("tuesday", "tue", "tues"),
            ("wednesday", "wed"),
            ("thursday", "thu", "thur", "thurs"),
            ("friday", "fri"),
            ("saturday", "sat"),
            ("sunday", "sun"),
        ]
    )
    for name in names
}
MONTH_OF = {
    name: index
    for index, names in enumerate(
        [
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}
NUMBER_OF = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1}
DAY_NAMES = "|".join(sorted(WEEKDAY_OF, key=len, reverse=True))
MONTH_NAMES = "|".join(sorted(MONTH_OF, key=len, reverse=True))
NUMBER = rf"\d{{1,4}}|(?:{'|'.join(NUMBER_OF)})(?= )"  # "and" is not "an d"
PARTS_OF_DAY = "morning|afternoon|evening|night"

# Words that may precede a date or an hour.
PREPOSITIONS = ("by", "on", "at", "until", "till", "due", "before", "after", "from", "starting", "beginning")
PREPOSITION = rf"(?:(?:{'|'.join(PREPOSITIONS)}) )"


def normal(text: str) -> str:
    """Return a phrase in lower case and the spelling the patterns expect."""
    phrase = re.sub(r"[\s,]+", " ", re.sub(r"[–—]", "-", text.lower())).strip()
    phrase = re.sub(r"\b([ap])\.m\b\.?", r"\1m", phrase)
    phrase = re.sub(r"\b(\d{1,2}) ?o'?clock\b", r"\1:00", phrase)
    phrase = re.sub(r"\bhalf past (\d{1,2})\b", r"\1:30", phrase)
    phrase = re.sub(r"\b(?:a )?quarter past (\d{1,2})\b", r"\1:15", phrase)
    phrase = re.sub(r"\b(?:a )?quarter to (\d{1,2})\b", lambda to: f"{int(to[1]) - 1 or 12}:45", phrase)
    phrase = re.sub(r"\b(\d{1,2}:\d{2}) ?h\b", r"\1", phrase)
    phrase = re.sub(r"\b(\d{1,2}) h\b", r"\1h", phrase)
    phrase = re.sub(rf"\b(\d{{1,2}})\. ?(?={MONTH_NAMES})", r"\1 ", phrase)
    phrase = re.sub(rf"\b({MONTH_NAMES})\.(?= |$)", r"\1", phrase)
    phrase = re.sub(rf"^({DAY_NAMES})\.? (?=\d|{MONTH_NAMES})", r"\1 ", phrase)
    # in "thu 19 10:00" the hour comes last, so the number is the day
    hour = r"(?:at )?(?:\d{1,2}[:.h]\d{2}|\d{1,2} ?[ap]m)\b"
    phrase = re.sub(rf"\b({DAY_NAMES}) (\d{{1,2}}) (?={hour})", r"\1 \2th ", phrase)
    phrase = re.sub(r"(?<= )'(?=\d\d\b)", "20", phrase)
    phrase = re.sub(r"\b(\d{1,2}(?:[:.]\d{2})?) in the morning\b", r"\1am", phrase)
    phrase = re.sub(r"\b((?:0?\d|1[0-2])(?:[:.]\d{2})?) (?:in the (?:afternoon|evening)|at night)\b", r"\1pm", phrase)
    phrase = re.sub(r" in the (morning|afternoon|evening)\b", r" \1", phrase)
    phrase = re.sub(r"\b(\d{1,2}:\d{2})z\b", r"\1 utc", phrase)
    # machine formats: 2026-11-27T14:30:00, …Z, …+01:00
    phrase = re.sub(
        r"^(\d{4}-\d{2}-\d{2})t(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?(z|[+-]\d{2}:\d{2})\b",
        lambda iso: f"{iso[1]} {iso[2]} utc{iso[3].strip('z')}",
        phrase,
    )
    phrase = re.sub(r"^(\d{4}-\d{2}-\d{2})t(?=\d)", r"\1 ", phrase)
    return re.sub(r"^(\S{10} \d{1,2}:\d{2}):\d{2}(?:\.\d+)?", r"\1", phrase)


def number(word: str) -> int:
    """Return the number that a word or digits mean."""
    return NUMBER_OF[word] if word in NUMBER_OF else int(word)
