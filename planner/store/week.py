"""Week templates, and the blocks of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from sqlmodel import Session, col, select

from planner.domain.blocks import WEEK_DAYS, Block, DayBlock, WeekTemplate
from planner.domain.errors import StateError
from planner.store.tables import DayBlockRow, WeekBlockRow, WeekTemplateRow


def templates(session: Session) -> list[WeekTemplate]:
    """The rep's own weeks, the oldest first."""
    return [_template(session, row) for row in session.exec(select(WeekTemplateRow).order_by(col(WeekTemplateRow.id)))]


def used(session: Session) -> WeekTemplate | None:
    """The week in force; None where it is the shipped one."""
    row = session.exec(select(WeekTemplateRow).where(WeekTemplateRow.used == 1)).first()
    return None if row is None else _template(session, row)


def _template(session: Session, row: WeekTemplateRow) -> WeekTemplate:
    assert row.id is not None
    days: list[list[Block]] = [[] for _ in range(WEEK_DAYS)]
    query = select(WeekBlockRow).where(WeekBlockRow.template_id == row.id).order_by(col(WeekBlockRow.start))
    for block in session.exec(query):
        days[block.weekday].append(_block(block.start, block.end, block.kind, block.title))
    return WeekTemplate(row.id, row.name, tuple(tuple(blocks) for blocks in days), used=bool(row.used))


def _block(start: str, end: str, kind: str, title: str) -> Block:
    return Block(time.fromisoformat(start), time.fromisoformat(end), kind, title)


def add(session: Session, template: WeekTemplate, now: int) -> WeekTemplate:
    """Add a week; its id is given here."""
    row = WeekTemplateRow(name=template.name, used=int(template.used), created_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    for weekday, blocks in enumerate(template.days):
        put_day(session, row.id, weekday, blocks)
    return _template(session, row)


def put_day(session: Session, template_id: int, weekday: int, blocks: Sequence[Block]) -> None:
    """Replace the blocks of a weekday."""
    query = select(WeekBlockRow).where(WeekBlockRow.template_id == template_id, WeekBlockRow.weekday == weekday)
    for old in session.exec(query).all():
        session.delete(old)
    session.flush()
    for block in blocks:
        session.add(
            WeekBlockRow(
                template_id=template_id,
                weekday=weekday,
                start=f"{block.start:%H:%M}",
                end=f"{block.end:%H:%M}",
                kind=block.kind,
                title=block.title,
            )
        )
    session.flush()


def rename(session: Session, template_id: int, name: str) -> None:
    """Give a week another name."""
    row = _row(session, template_id)
    row.name = name
    session.add(row)
    session.flush()


def use(session: Session, template_id: int | None) -> None:
    """Put a week into force; None: the shipped one."""
    for row in session.exec(select(WeekTemplateRow)).all():
        row.used = int(row.id == template_id)
        session.add(row)
    session.flush()


def drop(session: Session, template_id: int) -> None:
    """Delete a week."""
    row = _row(session, template_id)
    for block in session.exec(select(WeekBlockRow).where(WeekBlockRow.template_id == template_id)).all():
        session.delete(block)
    session.flush()
    session.delete(row)
    session.flush()


def _row(session: Session, template_id: int) -> WeekTemplateRow:
    row = session.get(WeekTemplateRow, template_id)
    if row is None:
        raise StateError("That week is gone.")
    return row


def day_blocks(session: Session, day: date) -> list[DayBlock]:
    """The blocks that a day has been given, by their begin; none while it stands as the template has it."""
    query = select(DayBlockRow).where(DayBlockRow.day == day.isoformat())
    query = query.order_by(col(DayBlockRow.start), col(DayBlockRow.position))
    return [_day_block(row) for row in session.exec(query)]


def _day_block(row: DayBlockRow) -> DayBlock:
    assert row.id is not None
    planned = None
    if row.planned:
        start, end, kind = row.planned[:5], row.planned[6:11], row.planned[12:]
        planned = _block(start, end, kind, row.title)
    return DayBlock(
        row.id,
        row.position,
        _block(row.start, row.end, row.kind, row.title),
        planned,
        dropped=bool(row.dropped),
        mark=row.mark,
    )


def put_day_blocks(session: Session, day: date, blocks: Sequence[DayBlock]) -> None:
    """Store the blocks of a day; those no longer among them go."""
    known = {row.id: row for row in session.exec(select(DayBlockRow).where(DayBlockRow.day == day.isoformat()))}
    for each in blocks:
        block, planned = each.block, each.planned
        row = known.pop(each.id, None) or DayBlockRow(
            day=day.isoformat(), position=0, start="", end="", kind="", title=""
        )
        row.position = each.position
        row.start, row.end, row.kind, row.title = f"{block.start:%H:%M}", f"{block.end:%H:%M}", block.kind, block.title
        row.planned = "" if planned is None else f"{planned.start:%H:%M}-{planned.end:%H:%M} {planned.kind}"
        row.dropped, row.mark = int(each.dropped), each.mark
        session.add(row)
    for row in known.values():
        session.delete(row)
    session.flush()
