"""Parses vCards (2.1, 3.0 of RFC 2426, 4.0 of RFC 6350) into table rows, so that they are imported like every other
file.

A parser of our own, bounded and lenient, since programs differ more from the standards than these do from one another.
Folded lines, quoted-printable with its soft breaks, charsets of single values, groups (``item1.TEL``) and Apple's
labels are read, photos and keys skipped. Anything that isn't a card is refused with its line.
"""

from __future__ import annotations

import os
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.exchange import encodings
from planner.exchange.text_file import decode, read_bytes, telling_words
from planner.exchange.transfer.columns import join_cell
from planner.exchange.transfer.csv_file import FileRefused, Row, TableFile

LARGEST = 200 * 1024 * 1024
LONGEST_VALUE = 1024 * 1024
MOST_CARDS = 200_000
MOST_WAYS = 20  # phone numbers or email addresses per card
BEGIN = b"BEGIN:VCARD"
# values of no use to a rep, which may be large
PASSED_OVER = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE", "X-ABCROP-RECTANGLE"})
COLUMNS = ("Name", "Given Name", "Additional Name", "Family Name", "Company", "Job Title", "Birthday", "City", "Notes",
           "Tags", "UID")  # fmt: skip
SELDOM = ("Do Not Call", "Other dates")  # columns that few files need
DO_NOT_CALL = "X-DO-NOT-CALL"  # in no version of the standard
_HEAD = re.compile(r"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:[^:;\"]|\"[^\"]*\")*)*):", re.ASCII)
_PARAMETER = re.compile(r";((?:[^;\"]|\"[^\"]*\")*)")
_LABELS = (("cell", "mobile"), ("mobile", "mobile"), ("iphone", "mobile"), ("work", "work"), ("home", "home"))
# no numbers that reach the person by voice: an assistant is somebody else
_LEFT_OUT = ("fax", "pager", "modem", "tlx", "assistant")


@dataclass(slots=True)
class Property:
    """A property of a vCard: its group and name, its parameters by name (several values each), its raw text."""

    group: str
    name: str
    parameters: dict[str, list[str]]
    value: str
    version: str

    def types(self) -> set[str]:
        """``work``, ``cell``, ``pref`` and so on, which version 2.1 writes without a parameter name."""
        found = {part.lower() for text in self.parameters.get("TYPE", []) for part in re.split(r"[,;]", text)}
        return {part.strip("\"' ").rstrip("0123456789") for part in found}

    def text(self) -> str:
        """The value as one text."""
        return _unescape(self.value, self.version)

    def parts(self, separator: str = ";") -> list[str]:
        """Split the value at its unescaped separators."""
        return [_unescape(part, self.version) for part in re.split(rf"(?<!\\){separator}", self.value)]

    @property
    def preferred(self) -> int:
        """Its sort key by preference, lowest first."""
        told = self.parameters.get("PREF", [])
        if told and re.fullmatch(r"[0-9]{1,3}", told[0]):
            return int(told[0])
        return 1 if "pref" in self.types() or "PREF" in self.parameters else 100


@dataclass(slots=True)
class Card:
    """A vCard: the line it starts on, and its properties."""

    line: int
    version: str = "3.0"
    properties: list[Property] = field(default_factory=list)
    _labels: dict[str, set[str]] | None = None

    def labels(self, group: str) -> set[str]:
        """Return a group's labels, which Apple writes as a property of the group: ``item2.X-ABLabel:_$!<Work>!$_``."""
        if self._labels is None:
            self._labels = {}
            for each in self.properties:
                if each.name == "X-ABLABEL":
                    word = re.sub(r"\W+", "", each.value).strip("_").lower()
                    self._labels.setdefault(each.group, set()).add(word)
        return self._labels.get(group, set()) if group else set()

    def all_named(self, name: str) -> list[Property]:
        """Return every property of a name, preferred ones first."""
        return sorted((each for each in self.properties if each.name == name), key=lambda each: each.preferred)

    def first(self, name: str) -> str:
        """Return the first non-empty text of a name's properties."""
        return next((text for each in self.all_named(name) if (text := each.text().strip())), "")


def is_vcard(raw: bytes) -> bool:
    """Whether a file starts like a card, in any encoding."""
    plain = raw[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return plain.upper().startswith(BEGIN)


def read(path: str, encoding: str | None = None) -> TableFile:
    """Read a file of cards. Raises FileRefused with a sentence."""
    name = os.path.basename(path)
    raw = read_bytes(path, LARGEST, "a file of vCards")
    text, codec = decode(raw, name, encoding)
    guessed = encoding or _guess(text)
    cards = list(_cards(text, codec, name, guessed))
    if not cards:
        raise FileRefused(f"{name} has no vCards.")
    header, rows = _table(cards)
    codec = codec if guessed.startswith("utf") else guessed
    sure = encoding is not None or codec.startswith("utf")
    doubtful = () if sure else telling_words("\n".join(cell for row in rows for cell in row.cells))
    return TableFile(
        path=path, encoding=codec, delimiter="", header=header, doubtful=doubtful, table=rows, kind="vCards"
    )


# lines, properties, cards


def _unfold(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield unfolded content lines, each with the line of the file it starts on."""
    # joined at the end: concatenating line by line would copy a photo of megabytes with each line
    parts: list[str] = []
    begun = size = 0
    soft = quoted = False
    for number, line in enumerate(text.splitlines(), start=1):
        if soft:
            parts.append(line.lstrip(" \t") if line[:1] in " \t" else line)
        elif line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        else:
            if size:
                yield begun, "".join(parts)
            parts, begun, size = [line], number, 0
            quoted = _is_quoted_printable(line)
        size += len(parts[-1])
        soft = quoted and parts[-1].endswith("=")
        if soft:
            parts[-1] = parts[-1][:-1]
        if size > LONGEST_VALUE and not _passed_over(parts[0]):
            raise FileRefused(f"{name}, line {begun}: {size:,} characters in one value. Nothing was changed.")
    if size:
        yield begun, "".join(parts)


def _is_quoted_printable(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line.partition(":")[0].upper()


def _passed_over(line: str) -> bool:
    head = re.split(r"[;:]", line[:100].upper(), maxsplit=1)[0]
    return head.rpartition(".")[2] in PASSED_OVER


def _cards(text: str, codec: str, name: str, guessed: str) -> Iterator[Card]:
    card: Card | None = None
    depth = count = 0
    for line, content in _unfold(text, name):
        bare = content.strip().lstrip("\ufeff").upper()
        if bare == "BEGIN:VCARD":
            depth += 1
            if depth == 1:
                card, count = Card(line), count + 1
                if count > MOST_CARDS:
                    raise FileRefused(f"{name} has more than {MOST_CARDS:,} vCards. Split it into smaller files.")
            continue
        if bare == "END:VCARD" and depth:
            depth -= 1
            if depth == 0 and card is not None:
                yield card
                card = None
            continue
        if not bare or depth > 1:
            continue  # a nested card is somebody's agent
        if card is None:
            raise FileRefused(f"{name}, line {line}: this isn't part of a vCard. Nothing was changed.")
        found = _property(content, card.version, codec, guessed)
        if found is None:
            continue  # not a property: programs leave such lines after a photo
        if found.name == "VERSION":
            card.version = found.value.strip()
            for each in card.properties:
                each.version = card.version
        elif found.name not in PASSED_OVER:
            card.properties.append(found)
        if found.name == "AGENT" and found.value.strip().upper() == "BEGIN:VCARD":
            depth += 1
    if card is not None:
        raise FileRefused(
            f"{name}, line {card.line}: this vCard has no end, so the file is cut off. Nothing was changed."
        )


def _property(content: str, version: str, codec: str, guessed: str) -> Property | None:
    head = _HEAD.match(content)
    if head is None:
        return None
    parameters: dict[str, list[str]] = {}
    for part in _PARAMETER.findall(head["parameters"]):
        key, equals, value = part.partition("=")
        if not equals:  # 2.1: a bare word is a type, or an encoding
            word = key.strip().upper()
            key, value = (
                ("ENCODING", word) if word in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT") else ("TYPE", word)
            )
        parameters.setdefault(key.strip().upper(), []).append(value.strip().strip('"'))
    value = content[head.end() :]
    encoding = "".join(parameters.get("ENCODING", [])).upper()
    charset = next(iter(parameters.get("CHARSET", [])), "")
    if encoding == "QUOTED-PRINTABLE":
        value = _decode(quopri.decodestring(value.encode(codec, "replace")), charset or guessed)
    elif charset and codec not in (charset.lower(), "utf-8", "utf-8-sig", "utf-16"):
        value = _decode(value.encode(codec, "replace"), charset)
    return Property((head["group"] or "").lower(), head["name"].upper(), parameters, value, version)


def _decode(raw: bytes, charset: str) -> str:
    for codec in (charset, "utf-8", "cp1252"):
        try:
            return raw.decode(codec or "utf-8")
        except (LookupError, ValueError):  # ValueError: also for a NUL in the name
            continue
    return raw.decode("cp1252", "replace")


def _guess(text: str) -> str:
    """Detect the common charset of quoted-printable values that name none."""
    values = [
        quopri.decodestring(line.partition(":")[2].encode("ascii", "ignore"))
        for _, line in _unfold(text, "")
        if _is_quoted_printable(line) and "CHARSET" not in line.partition(":")[0].upper()
    ]
    raw = b"\n".join(values)[: 64 * 1024]
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return encodings.guess(raw)


def _unescape(text: str, version: str) -> str:
    if version.startswith("2"):
        return text.replace("\\;", ";").replace("\\,", ",").replace("\r\n", "\n")
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text, flags=re.DOTALL)


# contents of a card


def _table(cards: Sequence[Card]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    read_cards = [(card, _facts(card), _phones(card), _emails(card)) for card in cards if not _is_group(card)]
    phones = max((len(found) for *_, found, _ in read_cards), default=0)
    emails = max((len(found) for *_, found in read_cards), default=0)
    columns = (*COLUMNS, *(name for name in SELDOM if any(cells[name] for _, cells, *_ in read_cards)))
    header = list(columns)
    for name, count in (("Phone", phones), ("E-mail", emails)):
        for number in range(1, count + 1):
            header += [f"{name} {number} - Type", f"{name} {number} - Value"]
    rows = []
    for card, cells, numbers, addresses in read_cards:
        row = [cells[name] for name in columns]
        for found, count in ((numbers, phones), (addresses, emails)):
            for label, value in [*found, *[("", "")] * (count - len(found))]:
                row += [label, value]
        rows.append(Row(card.line, tuple(row)))
    return tuple(header), tuple(rows)


def _is_group(card: Card) -> bool:
    kind = card.first("KIND") or card.first("X-ADDRESSBOOKSERVER-KIND")
    return kind.lower() == "group"


def _facts(card: Card) -> Mapping[str, str]:
    company = next((part.strip() for each in card.all_named("ORG") for part in each.parts() if part.strip()), "")
    notes = "\n\n".join(text for each in card.all_named("NOTE") if (text := each.text().strip()))
    tags = (tag.strip() for each in card.all_named("CATEGORIES") for tag in each.parts(","))
    return {
        **_names(card, company),
        "Company": company,
        "Job Title": card.first("TITLE") or card.first("ROLE"),
        "Birthday": _yearly_day(card.first("BDAY")),
        "Other dates": join_cell(_other_dates(card)),
        "City": _city(card),
        "Notes": notes,
        "Tags": join_cell(tag for tag in tags if tag),
        "UID": card.first("UID"),
        "Do Not Call": card.first(DO_NOT_CALL),
    }


def _names(card: Card, company: str) -> dict[str, str]:
    """Return the names of a person, which are empty on the card of a company."""
    name_parts = card.all_named("N")
    family, given, additional = ([*name_parts[0].parts(), "", "", ""] if name_parts else ["", "", ""])[:3]
    name = card.first("FN") or " ".join(part for part in (given, additional, family) if part.strip())
    if card.first("X-ABSHOWAS").upper() == "COMPANY" or (company and name == company):
        return dict.fromkeys(("Name", "Given Name", "Additional Name", "Family Name"), "")
    return {
        "Name": name,
        "Given Name": given.replace(",", " "),
        "Additional Name": additional.replace(",", " "),
        "Family Name": family.replace(",", " "),
    }


def _city(card: Card) -> str:
    """Return the city of the work address, or else of the first address with one."""
    addresses = sorted(card.all_named("ADR"), key=lambda each: "work" not in each.types())
    return next((parts[3].strip() for each in addresses if len(parts := each.parts()) > 3 and parts[3].strip()), "")


def _other_dates(card: Card) -> Iterator[str]:
    """Yield Apple's dates with labels and the anniversary, each with its description."""
    names = {each.group: each.text() for each in card.properties if each.name == "X-ABLABEL"}
    for each in card.all_named("X-ABDATE"):
        if day := _yearly_day(each.text()):
            what = names.get(each.group, "").removeprefix("_$!<").removesuffix(">!$_").strip()
            yield f"{day} {what.lower() or 'date'}"
    for name in ("ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY"):
        if day := _yearly_day(card.first(name)):
            yield f"{day} anniversary"
            break


def _yearly_day(text: str) -> str:
    """Return a day as ``1980-05-21`` or ``--05-21``, or "" without a month and day (a year alone, a word)."""
    text = text.partition("T")[0].strip()
    if whole := re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", text):
        if whole[1] in ("0000", "1604"):  # Apple's year for none
            return f"--{whole[2]}-{whole[3]}"
        return f"{whole[1]}-{whole[2]}-{whole[3]}"
    if day := re.fullmatch(r"--(\d{2})-?(\d{2})", text):
        return f"--{day[1]}-{day[2]}"
    return ""


def _phones(card: Card) -> list[tuple[str, str]]:
    found = []
    for each in card.all_named("TEL"):
        types = each.types() | card.labels(each.group)
        value = each.text().strip()
        if value.lower().startswith("tel:"):
            number, _, extension = value[4:].partition(";ext=")
            value = number.partition(";")[0] + (f" x{extension.partition(';')[0]}" if extension else "")
        if value and not any(word in each_type for word in _LEFT_OUT for each_type in types):
            found.append((_label(types), value))
    return found[:MOST_WAYS]


def _emails(card: Card) -> list[tuple[str, str]]:
    found = []
    for each in card.all_named("EMAIL"):
        value = each.text().strip()
        value = value[7:] if value.lower().startswith("mailto:") else value
        if value:
            found.append((_label(each.types() | card.labels(each.group)), value))
    return found[:MOST_WAYS]


def _label(types: set[str]) -> str:
    return next((ours for theirs, ours in _LABELS if theirs in types), "")
