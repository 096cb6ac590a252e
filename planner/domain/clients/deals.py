"""Deals: the stages of the pipeline, and the revenue a won deal books (S3, S23)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from planner.domain import fields, formats
from planner.domain.clients import care
from planner.domain.errors import InputError
from planner.domain.fields import Field
from planner.domain.money import to_hundredths

LONGEST_TITLE = 500
LONGEST_REASON = 2_000
LONGEST_TERM = 240
TALKING = "conversation"


class Stage(StrEnum):
    """The stages of the pipeline."""

    TALK = "talk"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    CLOSING = "closing"
    WON = "won"
    LOST = "lost"

    @property
    def open(self) -> bool:
        """Whether the deal can still be won."""
        return self not in (Stage.WON, Stage.LOST)

    @property
    def label(self) -> str:
        """Its name on screens and in messages."""
        return TALKING if self is Stage.TALK else self.value

    @classmethod
    def typed(cls, text: str) -> Stage:
        """Parse a stage by its name or label. Raises InputError with the valid ones."""
        try:
            return Stage.TALK if text.lower() == TALKING else Stage(text.lower())
        except ValueError as error:
            known = [stage.label for stage in Stage if stage.open]
            raise InputError(f"{text!r} isn't a stage. Use {', '.join(known[:-1])} or {known[-1]}.") from error


OPEN_STAGES = tuple(stage for stage in Stage if stage.open)


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal. `value` is the total it brings in, `booked` the sum of its payments so far. What was sold runs until
    `contract_end` and renews every `term_months`. `stage_since` is the day it reached its stage.

    `opened` is None if another program didn't record it. `closed` is the day it was won or lost, `stage_before` the
    stage that a reopened one returns to.
    """

    id: int
    title: str
    stage: Stage
    opened: date | None
    contact: str | None = None
    contact_id: int | None = None
    company: str | None = None
    company_id: int | None = None
    value: Decimal | None = None
    closed: date | None = None
    expected_close: date | None = None
    stage_before: Stage | None = None
    reason: str = ""
    owner: str = ""
    notes: str = ""
    booked: Decimal = Decimal(0)
    contract_end: date | None = None
    term_months: int | None = None
    stage_since: date | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("A deal needs a title.")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(
                f"A deal's title can have up to {LONGEST_TITLE} characters. This one has {len(self.title):,}."
            )
        if len(self.reason) > LONGEST_REASON:
            raise InputError(f"A reason can have up to {LONGEST_REASON:,} characters.")
        if self.value is not None:
            to_hundredths(self.value)
            if self.value < 0:
                raise InputError("A deal's value can't be negative. Log money you paid back as a refund.")
        if self.term_months is not None and not 1 <= self.term_months <= LONGEST_TERM:
            raise InputError(f"A term must be from 1 to {LONGEST_TERM} months.").at("term_months")
        if self.stage.open != (self.closed is None):
            raise InputError("A won or lost deal needs the day it closed. An open deal can't have one.")

    def runs_until(self, today: date) -> date | None:
        """Return when what was sold ends as of today, or None without an end."""
        return None if self.contract_end is None else care.runs_until(self.contract_end, self.term_months, today)

    def next_end(self, today: date) -> date | None:
        """Return the end of the next term, or None for a contract that doesn't renew itself."""
        if self.contract_end is None or self.term_months is None:
            return None
        return care.next_end(self.contract_end, self.term_months, max(self.contract_end, today))

    def with_term(self, today: date, contract_end: date | None = None, term_months: int | None = None) -> Deal:
        """Return a won deal with the end of what was sold: a given day, else a term from the day it was won."""
        assert self.closed is not None
        deal = replace(
            self, contract_end=contract_end or self.contract_end, term_months=term_months or self.term_months
        )
        if deal.contract_end is None and deal.term_months is not None:  # won long ago, it has renewed since
            deal = replace(deal, contract_end=care.next_end(self.closed, deal.term_months, max(self.closed, today)))
        if deal.contract_end is not None and deal.contract_end < self.closed:
            ends, won = formats.dated_text(deal.contract_end), formats.dated_text(self.closed)
            raise InputError(f"The contract can't end on {ends}: the deal was won on {won}.")
        return deal

    def renewal(
        self,
        today: date,
        value: Decimal | None = None,
        contract_end: date | None = None,
        term_months: int | None = None,
    ) -> Deal:
        """Return the renewal of a won deal: at closing, with the same customer and value, until the next end."""
        deal = replace(
            self, id=0, stage=Stage.CLOSING, stage_before=None, opened=today, closed=None, reason="",
            value=self.value if value is None else value, expected_close=self.contract_end, booked=Decimal(0),
            term_months=term_months or self.term_months, stage_since=today,
        )  # fmt: skip
        return replace(deal, contract_end=contract_end or deal.next_end(today))


FIELDS = (
    Field("title", fields.TEXT, "Title", "e.g. Paper for 2027", column="title"),
    Field(
        "contact", label="Contact", hint="name or id", flags=("--contact",), metavar="WHO", help="{WHO}",
        column="contact",
        reference=lambda deal: "" if deal.contact_id is None else f"{deal.contact_id}: {deal.contact}",
        completes="contact",
    ),
    Field("company", flags=("--company",), help="default: the contact's", column="company"),
    Field(
        "value", fields.AMOUNT, "Total value", "e.g. 350,000", ("--value",), "V", "total value", column="value"
    ),
    Field("stage", fields.one_of(Stage, "The stage"), column="stage"),
    Field(
        "opened", fields.day("past"), flags=("--opened",), metavar="DATE",
        help="when it was opened (a new deal: today)", column="opened",
    ),
    Field("closed", fields.day("past"), column="closed"),
    Field(
        "expected_close", fields.day(), "Expected close", "e.g. 30 Nov", ("--expected-close", "--close"), "DATE",
        "when you expect to win it", column="expected close",
    ),
    Field("booked", fields.AMOUNT, column="booked"),
    Field(
        "contract_end", fields.day(), "Runs until", "e.g. 31 Jan 2028", ("--until", "--contract-end"), "DATE",
        "when the contract ends", column="contract end",
    ),
    Field(
        "term_months", fields.whole_number("months"), "Renews every", "number of months", ("--term",), "MONTHS",
        "how many months each term runs", column="term months",
    ),
    Field("reason", column="lost reason"),
    Field("owner", column="owner"),
    Field("notes", fields.LINES, "Notes", flags=("--notes",), column="notes"),
)  # fmt: skip
VALUE = next(field for field in FIELDS if field.name == "value")
TERMS = tuple(field for field in FIELDS if field.name in ("contract_end", "term_months"))
