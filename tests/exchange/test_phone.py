"""Phone numbers as people write them: normalized, or refused with a reason."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.exchange.phone import read


@pytest.mark.parametrize(
    ("text", "region", "uri"),
    [
        ("808-988-6965x92622", "US", "tel:+18089886965;ext=92622"),
        ("001-376-694-9481x10051", "US", "tel:+13766949481;ext=10051"),
        ("001-376-694-9481x10051", "", "tel:+13766949481;ext=10051"),
        ("+1-376-694-9481", "", "tel:+13766949481"),
        ("(376)694-9481X5610", "US", "tel:+13766949481;ext=5610"),
        ("8 (495) 123-45-67 доб. 12", "RU", "tel:+74951234567;ext=12"),
        ("+7 495 123 45 67 #12", "", "tel:+74951234567;ext=12"),
        ("０２-５５５-１２３４", "KR", "tel:+8225551234"),
        ("02-555-1234 내선 7", "KR", "tel:+8225551234;ext=7"),
        ("02)555-1234", "KR", "tel:+8225551234"),
        ("+82 (0)2 555 1234", "", "tel:+8225551234"),
        ("0049 30 1234567", "", "tel:+49301234567"),
        ("0049 30 1234567", "DE", "tel:+49301234567"),
        ("030 / 1234567 ext. 9", "DE", "tel:+49301234567;ext=9"),
        ("tel:+4930123456;ext=5", "", "tel:+4930123456;ext=5"),
        ("8465629482", "", "tel:8465629482"),
        ("112", "DE", "tel:112"),
        ("5610", "DE", "tel:5610"),
    ],
)
def test_phone_number_becomes_a_uri(text: str, region: str, uri: str) -> None:
    assert read(text, region).uri("tel") == uri


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("--new-instance", "'n' isn't a digit"),
        ("javascript:alert(1)", "'j' isn't a digit"),
        ("[@click=app.quit]x[/]", "can't be dialed"),
        ("1-800-FLOWERS", "'F' isn't a digit"),
        ("x5610", "'x' isn't a digit"),
        ("-555-1234", "characters a phone number can't have"),
        ("", "no number"),
        ("12", "it has 2 digits, and a phone number has 3 to 15"),
        ("9" * 17, "digits"),
        ("5" * 90, "too long"),
        ("+1 212 555 1234 x123456789", "up to 8 digits"),
        ("+8 495 123", "no country"),
        ("+1 212 555 1234; rm -rf ~", "can't be dialed"),
        ("$(reboot)", "can't be dialed"),
    ],
)
def test_invalid_number_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read(text, "US")


def test_unusual_number_has_a_caution() -> None:
    assert read("376-694-9481", "US").caution
    assert not read("030 1234567", "DE").caution
    assert read("+1 808 988 6965 x7", "").uri("sip") == "sip:+18089886965"


@given(st.text(max_size=60), st.sampled_from(["", "US", "KR", "DE"]))
def test_uri_has_only_digits(text: str, region: str) -> None:
    try:
        found = read(text, region)
    except InputError:
        return
    assert re.fullmatch(r"tel:\+?[0-9]{3,15}(;ext=[0-9]{1,8})?", found.uri("tel"))
