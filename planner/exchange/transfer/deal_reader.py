"""Reads deals from the rows of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact
from planner.domain.text import clean, plural
from planner.exchange.transfer.columns import normal
from planner.exchange.transfer.csv_file import FileRefused, Row
from planner.exchange.transfer.dates import DateReader, OrderFinder
from planner.exchange.transfer.records import SKIP, on_lines
from planner.exchange.transfer.row_reader import RowReader
from planner.exchange.transfer.values import (
    CURRENCY_CODES,
    DOLLAR_SIGN,
    DOLLARS,
    TwoWays,
    currency_code,
    currency_name,
    currency_of,
    days,
    given_text,
    has_content,
    is_currency,
)

OURS_ONLY = frozenset({"id", "title", "booked", "contract end", "term months", "lost reason"})
CURRENCY_WORDS = (
    "currency",
    "валют",
    "währung",
    "waehrung",
    "devise",
    "moneda",
    "valuta",
    "통화",
    "通貨",
    "货币",
    "貨幣",
)


@dataclass(slots=True)
class CurrencyColumn:
    """A column that names currencies, if all of its cells are codes of them, or just words if the header says so too
    (`said`).
    """

    index: int
    said: bool
    codes: set[str] = field(default_factory=set)
    has_gaps: bool = False
    _only_codes: bool = True
    _only_currencies: bool = True
    _empty: bool = True

    def add(self, cell: str) -> None:
        """Look at a cell."""
        if not (self._only_codes or self._only_currencies):
            return
        text = clean(cell)
        if has_content(text):
            self._empty = False
            self._only_codes = self._only_codes and text in CURRENCY_CODES
            self._only_currencies = self._only_currencies and self.said and is_currency(text)
        if given_text(text):
            self.codes.add(currency_code(text))
        else:
            self.has_gaps = True

    @property
    def names_currencies(self) -> bool:
        """Whether it does, by all of its cells."""
        return not self._empty and (self._only_codes or self._only_currencies)


class DealReader(RowReader[Deal]):
    """Reads deals. A won one logs its value on the day it was closed."""

    kind = "deals"
    of = ("deal", "opportunity")
    all_of = frozenset({"phone", "email", "stage"})
    needs = (
        (("stage",), "no column has the stage of the deals."),
        (
            ("title", "company", "contact", "given", "family", "email", "id"),
            "no column has the title, company or contact of the deals.",
        ),
    )

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        self._unpriced: list[int] = []
        self._unclear: dict[str, list[int]] = {}  # by stage: deals that may be over
        titles = [normal(name) for name in self.reading.columns.get("title", ())]
        if titles == ["title"] and "given" in self.map.columns and "title" not in self.wanted.columns:
            # in a leads file, "Title" beside a first name is the person's
            self.assign({name: places for name, places in self.map.columns.items() if name != "title"})
        self._found_amounts = self.watch_amounts("value")
        self._order = OrderFinder(self.now, self.wanted.dates)
        self._dated = [
            (name, index) for name in ("opened", "closed", "expected") for index in self.map.columns.get(name, ())
        ]
        self._currencies: set[str] = set()
        self._maybe_currency = self._columns_of_currency()

    def look(self, cells: Sequence[str]) -> None:
        super().look(cells)
        if self._dated:
            done = self._stage(cells) in (Stage.WON, Stage.LOST)
            for name, index in self._dated:
                # deals were opened, and won or lost, before now, while expected closes lie ahead
                self._order.add(cells[index], past=name == "opened" or (name == "closed" and done))
        for column in self._maybe_currency:
            column.add(cells[column.index])
        if "currency" in self.map.columns and (text := self.text("currency", cells)):
            self._currencies.add(currency_code(text))
        if text := currency_of(self.map.text("value", cells)):
            self._currencies.add(text)

    def settle(self) -> None:
        self._amounts = self.amounts_of("value", self._found_amounts)
        self.reading.currency = self._one_currency()
        self._dates = self._one_order()
        for name in ("opened", "closed", "expected"):
            if name in self.map.columns:
                self.reading.dates[name] = self._dates.order

    def uid(self, cells: Sequence[str]) -> str:
        found = super().uid(cells)
        number = self.text("id", cells)
        # our exports once had no uid: the id counts where the title is the same
        return found or (number if number.isdecimal() and set(self.file.header) >= OURS_ONLY else "")

    def report_findings(self) -> None:
        if self._unpriced:
            won = plural(len(self._unpriced), "won deal has", "won deals have")
            self.reading.notices.append(
                f"{won} no value ({on_lines(self._unpriced)}), so no revenue is counted for now. "
                "To list what wants a value: planner deal list --no-value"
            )
        for stage, lines in self._unclear.items():
            over = plural(len(lines), "deal has", "deals have")
            self.reading.notices.append(
                f"{over} a close date in the past and an unknown stage, {stage!r} ({on_lines(lines)}). "
                f'If it means won or lost, say so with --value "stage:{stage}=won".'
            )

    def _one_order(self) -> DateReader:
        """Return the date order of the whole file: a column readable in only one way settles it for the others."""
        try:
            return DateReader(self._order.order())
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} can be read two ways. Choose one with --dates dmy, "
                "--dates mdy or --dates ymd."
            ) from error

    def _columns_of_currency(self) -> list[CurrencyColumn]:
        """Return the columns without a field, one of which may name currencies, unless there is one for them."""
        if "currency" in self.map.columns or "currency" in self.wanted.columns:
            return []
        header = self.file.header
        return [
            CurrencyColumn(index, any(word in normal(name) for word in CURRENCY_WORDS))
            for index, name in enumerate(header)
            if name in self.reading.ignored
        ]

    def _one_currency(self) -> str:
        """Return the currency of all amounts, or refuse a file that names several."""
        named = next((each for each in self._maybe_currency if each.names_currencies), None)
        found, default = self._currencies, self.wanted.defaults.get("currency")
        if named is not None:
            self.assign({**self.map.columns, "currency": (named.index,)})
            found |= named.codes
        if default and (named.has_gaps if named is not None else "currency" not in self.map.columns):
            found.add(currency_code(default))
        if found & DOLLARS:
            found.discard(DOLLAR_SIGN)
        if len(found) > 1:
            names = ", ".join(sorted(map(currency_name, found)))
            raise FileRefused(
                f"{self.file.name}: amounts are in several currencies ({names}), and planner has one. Import one "
                "of them with --where."
            )
        return next(iter(found), "")

    def _stage(self, cells: Sequence[str]) -> str | None:
        """Return our stage. Of several columns (stage and status), the one that says won or lost decides."""
        ours = [self.reading.words["stage"].translate(text) for text in self.texts("stage", cells)]
        return next((stage for stage in ours if stage in (Stage.WON, Stage.LOST)), ours[0] if ours else Stage.TALK)

    def value(self, row: Row) -> str | tuple[Deal, Contact | None, bool, datetime | None]:
        cells = row.cells
        theirs = " / ".join(self.texts("stage", cells))
        ours = self._stage(cells)
        if theirs:
            self.reading.words["stage"].meet(theirs, ours)
        if ours == SKIP:
            return "skipped by --value"
        stage = Stage(ours or Stage.TALK)  # words without a meaning here show in the preview
        opened, closed = self._day("opened", cells), self._day("closed", cells)
        if not stage.open and closed is None:
            return f"{stage} without the day it was closed"
        if not stage.open and closed is not None and closed > self.now.date():
            return f"{stage} on a future date"
        who, company_only = self.known_by(cells, "contact")
        value: Decimal | None = self.parse_cell("value", cells, self._amounts.amount)
        if value is not None and value < 0:
            return "negative value: log it as a refund on its deal"
        if stage is Stage.WON and value is None:
            self._unpriced.append(row.line)
        if theirs and ours is None and closed is not None and closed < self.now.date():
            self._unclear.setdefault(theirs, []).append(row.line)
        deal = Deal(
            0,
            self._title(cells, who),
            stage,
            opened,
            value=value,
            closed=None if stage.open else closed,
            expected_close=(self._day("expected", cells) or closed) if stage.open else None,
            reason=self.text("reason", cells),
            owner=self.text("owner", cells),
            notes=self.text("notes", cells),
            booked=self.parse_cell("booked", cells, self._amounts.amount) or Decimal(0),
            contract_end=self._day("contract_end", cells),
            term_months=self.parse_cell("term", cells, days),
        )
        return deal, who, company_only, None

    def _day(self, name: str, cells: Sequence[str]) -> date | None:
        found = self.parse_cell(name, cells, self._dates.moment)
        return None if found is None else found.date()

    def _title(self, cells: Sequence[str], who: Contact | None) -> str:
        title = self.text("title", cells)
        if title:
            return title
        named = self.text("id", cells)
        return who.name if who is not None else named or "a deal"
