"""Paired phones: only the hash of a token is stored, and revoking one works at once."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from planner.domain.errors import StateError
from planner.services.context import AppContext
from planner.services.phone.devices import PairingCodes, Phones
from tests.scenes import NOW, move_clock


def test_a_token_is_known_by_its_hash_until_it_is_revoked(ctx: AppContext, tmp_path: Path) -> None:
    phones = Phones(ctx)
    assert phones.all() == [] and phones.number_of("") is None
    number, token = phones.add("Anna's \x1b[2Jphone")
    other, second = phones.add("")
    assert (number, other, len(token)) == (1, 2, 43)  # 256 bits
    assert [(each.name, each.paired) for each in phones.all()] == [("Anna's [2Jphone", NOW), ("Phone", NOW)]
    (stored,) = (tmp_path / "planner.phones").glob("1.json")
    assert stored.stat().st_mode & 0o777 == 0o600 and stored.parent.stat().st_mode & 0o777 == 0o700
    assert token not in stored.read_text() and len(json.loads(stored.read_text())["hash"]) == 64
    assert Phones(ctx).number_of(token) == 1 and phones.number_of(second) == 2
    assert phones.number_of(token[:-1]) is None and phones.number_of(json.loads(stored.read_text())["hash"]) is None
    Phones(ctx).revoke(2)  # by another program
    assert phones.number_of(second) is None
    third, newest = phones.add("again")
    assert third == 2 and phones.number_of(newest) == 2 and phones.number_of(second) is None
    with pytest.raises(StateError, match="no phone 7"):
        phones.revoke(7)


def test_use_is_noted_now_and_then(ctx: AppContext, tmp_path: Path) -> None:
    phones = Phones(ctx)
    _, token = phones.add("phone")
    for minutes, seen in ((5, 0), (11, 11), (15, 11), (60, 60)):
        move_clock(ctx, NOW + timedelta(minutes=minutes))
        phones.number_of(token)
        assert phones.all()[0].seen == NOW + timedelta(minutes=seen)


def test_a_damaged_file_lets_nobody_in_and_is_told(ctx: AppContext, tmp_path: Path) -> None:
    phones = Phones(ctx)
    _, token = phones.add("phone")
    path = tmp_path / "planner.phones" / "1.json"
    for text in ("", "{", "[]", '{"hash": null}'):
        path.write_text(text)
        assert phones.number_of(token) is None
        with pytest.raises(StateError, match="pair that phone again"):
            phones.all()
    (tmp_path / "planner.phones" / "..json").write_text("{}")
    os.remove(path)
    assert phones.all() == []


def test_a_pairing_code_is_good_once_for_ten_minutes_and_only_the_newest(ctx: AppContext) -> None:
    codes = PairingCodes(ctx)
    assert not codes.use("")
    first, second = codes.new(), codes.new()
    assert not codes.use(first) and not codes.use(second[:-1]) and not codes.use("\ud800")
    assert codes.use(second) and not codes.use(second) and not codes.use("")
    late = codes.new()
    move_clock(ctx, NOW + timedelta(minutes=10))
    assert not codes.use(late)
