"""Helpers shared by the command groups: parsers, and output as JSON, numbers and dates."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

from planner.domain import formats
from planner.domain.day import tasks
from planner.domain.errors import InputError
from planner.domain.fields import CLEAR
from planner.domain.text import make_visible
from planner.domain.typed import when

if TYPE_CHECKING:
    from planner.domain.day.tasks import Due
    from planner.domain.fields import Field
    from planner.domain.typed.moment import Towards, When
    from planner.services.context import AppContext

    Handler = Callable[[argparse.Namespace, AppContext], int]

LARGEST_ID = 10**15
# The help of every option that takes a person, because all find them the same way (`services.calls.one_contact`).
FOUND = "id, name or part of it, company, phone number or email address"
WHO = f'{FOUND} ("new: NAME" adds a contact)'


class Formatter(argparse.RawDescriptionHelpFormatter):
    """A help formatter as wide as the terminal. It avoids `shutil`, whose 3 ms of loading argparse would pay for the
    first option, since it makes a formatter for each.
    """

    def __init__(self, prog: str) -> None:
        width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else 0
        with contextlib.suppress(OSError, ValueError, AttributeError):  # no terminal, a closed one, or no stdout
            width = width or os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
        super().__init__(prog, width=(width or 80) - 2)


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake with one sentence and a pointer to the help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", Formatter)
        super().__init__(*args, **kwargs)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse what a command doesn't know in its own name: argparse would point to the help of the whole program."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown and self.get_default("run") is not None:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}. See `{self.prog} --help`.")


class Group:
    """A command with subcommands, such as `goal add`. `abouts` describes those that don't describe themselves."""

    def __init__(self, subparsers: Any, abouts: Mapping[str, str] | None = None) -> None:
        self._subparsers, self._abouts = subparsers, abouts or {}

    def add(self, name: str, run: Handler, about: str = "", *, reads: bool = False) -> Parser:
        """Add a subcommand. One that only reads also takes `--json`."""
        parser = self._parser(name, about)
        parser.set_defaults(run=run)
        if reads:
            parser.add_argument("--json", action="store_true", help="print JSON")
        else:
            parser.set_defaults(json=False)
        return parser

    def group(self, name: str, about: str = "") -> Group:
        """Add a command that only holds subcommands."""
        parser = self._parser(name, about)
        return Group(
            parser.add_subparsers(
                dest="subcommand", metavar="COMMAND", required=True, parser_class=Parser, prog=parser.prog
            )
        )

    def _parser(self, name: str, about: str) -> Parser:
        about = about or self._abouts[name]
        parser: Parser = self._subparsers.add_parser(name, help=about, description=about)
        return parser


# json itself only escapes C0. A terminal would also obey C1 and bidirectional overrides
OBEYED = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))}


def piped() -> str:
    """Read standard input. Raises InputError if it is closed or isn't text."""
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("Standard input is closed, so there's nothing to read.")
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InputError("Standard input isn't UTF-8 text.") from error


def emit(value: object) -> int:
    """Print a value as JSON."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=1).translate(OBEYED))
    return 0


def print_lines(text: str) -> int:
    """Print lines of data with control characters made visible."""
    print("\n".join(make_visible(line) for line in text.split("\n")))
    return 0


def print_code(rows: Iterable[str]) -> None:
    """Print a QR code, in fixed colors where there are any, because cameras want it dark on light."""
    start, end = ("\x1b[97;40m", "\x1b[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print("\n".join(f"{start}{row}{end}" for row in rows))


def warn(text: str) -> None:
    """Print a line to stderr."""
    print(f"planner: {make_visible(text)}", file=sys.stderr)


def json_number(value: Fraction | Decimal | float | None, places: int = 4) -> int | float | None:
    """A rounded number for JSON: an int where it is whole, and null for None."""
    if value is None:
        return None
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = round(Decimal(str(value)) if not isinstance(value, Decimal) else value, places)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def money(value: Fraction | Decimal | None) -> int | float | None:
    """An amount for JSON, to the hundredth."""
    return json_number(value, 2)


def ratio(part: Decimal | Fraction, whole: Decimal | Fraction) -> int | float | None:
    """A ratio for JSON, null where the whole is zero."""
    return json_number(Fraction(part) / Fraction(whole)) if whole else None


def whole_number(text: str) -> int:
    """Parse a plain whole number (argparse type for ids and counts)."""
    try:
        found = int(text.replace(",", "").replace("_", "").removeprefix("#"))
        if abs(found) > LARGEST_ID:
            raise ValueError
        return found
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a whole number") from error


def edit_value(text: str | None) -> str | None:
    """The value of an `edit` option, where ``none`` clears the field."""
    return "" if text is not None and text.lower() == CLEAR else text


def read_when(text: str, ctx: AppContext, towards: Towards = "future", *, spans: bool = False) -> When:
    """Parse a typed date, with `spans` also a range of hours. Prints to stderr how an ambiguous one was read."""
    found = when.parse_when(text, ctx.now(), towards=towards, today=ctx.today(), spans=spans)
    if found.said:
        warn(f"Read {text!r} as {found.echo()} ({found.said}).")
    return found


def add_fields(parser: argparse.ArgumentParser, fields: Iterable[Field]) -> None:
    """Add the options for an entity's fields."""
    for field in fields:
        if field.flags:
            about = (field.help or "").format(WHO=WHO, FOUND=FOUND) or None
            parser.add_argument(
                *field.flags, dest=field.name, help=about, choices=field.choices or None,
                metavar=None if field.choices else field.metavar,
                action="append" if field.kind.separator else "store",
            )  # fmt: skip


def given_fields(args: argparse.Namespace, fields: Iterable[Field], ctx: AppContext) -> dict[str, Any]:
    """The fields given on the command line, parsed, where ``none`` clears one. Raises InputError."""

    def read_day(text: str, towards: Towards) -> date:
        return read_when(text, ctx, towards).day

    found: dict[str, Any] = {}
    for field in fields:
        value = getattr(args, field.name, None) if field.flags else None
        if value is None:
            continue
        if field.kind.separator:
            found[field.name] = [] if [each.lower() for each in value] == [CLEAR] else value
        else:
            text = "" if value.lower() == CLEAR else value
            found[field.name] = text if field.reference else field.kind.parse(text, read_day)
    return found


def read_moment(text: str, ctx: AppContext) -> datetime:
    """Parse a typed moment in the past. A bare date means the current time today, and noon on any other day."""
    found = read_when(text, ctx, "past")
    now = ctx.now()
    return found.moment(now.time() if found.day == ctx.today() == now.date() else time(12))


def read_due(text: str, ctx: AppContext) -> Due:
    """Parse a typed due date."""
    found = read_when(text, ctx)
    return tasks.Due(found.day, found.at)


def read_deadline(text: str, ctx: AppContext) -> Due:
    """Parse when a promise to a customer is due. A range of hours means its end."""
    found = read_when(text, ctx, spans=True)
    end = found.at_end()
    if end is not found:
        warn(f"{text!r} is due {end.said}.")
    return tasks.Due(end.day, end.at)


def read_span(text: str, ctx: AppContext, minutes: int | None = None) -> tuple[Due, int | None]:
    """Parse a typed due date and its minutes: those of a range of hours, else `minutes`."""
    found = read_when(text, ctx, spans=True)
    if None not in (found.minutes, minutes) and found.minutes != minutes:
        raise InputError(f"{text!r} is {formats.duration(found.minutes or 0)}, not {formats.duration(minutes or 0)}.")
    return tasks.Due(found.day, found.at), minutes if found.minutes is None else found.minutes
