"""Parsers for the arguments of `planner plan`: quarters and years, stages and their rates, calls per day."""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches

from planner.domain.errors import InputError
from planner.domain.forecast.stages import STAGES
from planner.domain.plan.quotas import Stretch, parse_quarter, parse_year
from planner.services.context import AppContext


def add_stretch(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a quarter or a year."""
    parser.add_argument(
        "--quarter", metavar="YYYY-QN", help="a quarter, such as 2026-Q4 (years start as set in plan.year_starts)"
    )
    parser.add_argument("--year", metavar="YYYY", help="a year, or the year a fiscal year starts in")


def stretch(args: argparse.Namespace, ctx: AppContext) -> Stretch | None:
    """The quarter or year named on the command line, or None for a month."""
    named = [name for name in ("month", "quarter", "year") if getattr(args, name)]
    if len(named) > 1:
        raise InputError(f"Use either --{named[0]} or --{named[1]}, not both.")
    starts = ctx.config["plan.year_starts"]
    if args.quarter:
        return parse_quarter(args.quarter, starts)
    return parse_year(args.year, starts) if args.year else None


def stage(text: str) -> str:
    """Parse the name of a stage, written with hyphens, underscores or spaces."""
    name = text.strip().lower().replace("_", "-").replace(" ", "-")
    if name not in STAGES:
        near = get_close_matches(name, STAGES, n=1, cutoff=0.4)
        guess = f" Did you mean {near[0]}?" if near else ""
        raise InputError(f"{text!r} is not a stage.{guess} Choose from {', '.join(STAGES)}.")
    return name


def supposed_rate(text: str) -> tuple[str, float]:
    """Parse a rate with its stage: ``meeting-booked=0.15`` or ``meeting-booked=15%``."""
    name, equals, written = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} is not a rate. Enter it like meeting-booked=0.15 or meeting-booked=15%.")
    name, written = stage(name), written.strip()
    share = written.endswith("%")
    rate = number(written.removesuffix("%"), f"the rate of {name}") / (100 if share else 1)
    if not share and 1 < rate < 100:
        raise InputError(f"The rate of {name} must be between 0 and 1. For {rate:g} percent, enter {rate:g}%.")
    return name, rate


def number(text: str, what: str) -> float:
    """Parse a number of 0 or more."""
    try:
        found = float(text.strip().replace(",", ".") if text.count(",") == 1 else text)
        if not math.isfinite(found):
            raise ValueError
    except ValueError as error:
        raise InputError(f"{what}: {text!r} is not a number. Enter it like 100 or 0.5.") from error
    if found < 0:
        raise InputError(f"{what}: {text!r} is negative. Enter 0 or more.")
    return found


def calls(text: str) -> int:
    """Parse calls per day."""
    found = number(text, "calls per day")
    if found != int(found):
        raise InputError(f"calls per day: {text!r} is not a whole number.")
    return int(found)
