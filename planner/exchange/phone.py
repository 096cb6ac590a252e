"""Parses phone numbers as people write them, and rebuilds them from validated digits so that they can be passed to a
dialer (S17).

Only digits, a plus and the extension's digits are passed on: a number like ``--new-instance`` or ``javascript:…`` is
refused with a reason and only shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from planner.domain.clients.people import Numbering
from planner.domain.errors import InputError

MOST_CHARACTERS = 80
FEWEST_DIGITS, MOST_DIGITS = 3, 15  # ITU-T E.164
MOST_EXTENSION = 8
FEWEST_ABROAD = 6  # shorter ones are dialed as they are
# markers of an extension in our reps' languages, including `#` and `x`
_EXTENSION = re.compile(
    r"(?:;?\s*ext(?:ension|n)?[.:=]?|x|доб(?:ав(?:очный)?)?\.?|вн\.?|내선\s*(?:번호)?|内線|分機|#|,+|;)\s*(?=\d)",
    re.IGNORECASE,
)
_ALLOWED = re.compile(r"\+?[\d\s().\-/·–—−]+")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Number:
    """A diallable number. `digits` are E.164 (``+49…``) if the country is known, else the national form. `extension` is
    dialed once answered. `caution` says why it may be wrong, or is empty.
    """

    digits: str
    extension: str = ""
    caution: str = ""

    @property
    def uri_part(self) -> str:
        """The part after ``tel:`` (RFC 3966)."""
        return self.digits + (f";ext={self.extension}" if self.extension else "")

    def uri(self, scheme: str) -> str:
        """Return ``tel:+82…;ext=7``. SIP and callto have no extension, so it is dialed by hand then."""
        return f"tel:{self.uri_part}" if scheme == "tel" else f"{scheme}:{self.digits}"

    def __str__(self) -> str:
        return self.digits + (f" ext. {self.extension}" if self.extension else "")


def read(text: str, region: str = "") -> Number:
    """Parse a number. `region` is the two-letter country it is dialed from. Without one, and without a country code,
    it stays in national form. Raises InputError with the reason why it can't be dialed.
    """
    shown = text.strip()
    if not shown:
        raise InputError("There's no number to dial.")
    if len(shown) > MOST_CHARACTERS:
        raise InputError("That's too long for a phone number.")
    plain = re.sub(r"^tel:\s*", "", unicodedata.normalize("NFKC", shown).strip(), flags=re.IGNORECASE)
    # digits of any script become the ten a dialler knows
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    main, extension = _split_extension(plain)
    main = re.sub(r"^\((\+?\d+)\)", r"\1 ", main)
    main = main.replace("(0)", "") if main.startswith(("+", "00")) else main
    if not _ALLOWED.fullmatch(main) or main.startswith("-"):
        letter = _LETTERS.search(main)
        what = f"{letter[0]!r} isn't a digit" if letter else "it has characters a phone number can't have"
        raise InputError(f"{shown!r} can't be dialed: {what}.")
    digits = re.sub(r"\D", "", main)
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS + 2:
        raise InputError(
            f"{shown!r} can't be dialed: it has {len(digits)} digits, and a phone number has {FEWEST_DIGITS} to "
            f"{MOST_DIGITS}."
        )
    return _check(shown, main.strip().startswith("+"), digits, extension, region)


@lru_cache
def numbering(region: str) -> Numbering | None:
    """Return the numbering plan of a country (two letters), or None if unknown."""
    if not region:
        return None
    import phonenumbers

    found = phonenumbers.PhoneMetadata.metadata_for_region(region.upper())
    if found is None or found.general_desc is None:
        return None
    return Numbering(str(found.country_code), found.national_prefix or "", tuple(found.general_desc.possible_length))


def _split_extension(text: str) -> tuple[str, str]:
    """Split off the extension's digits."""
    found = list(_EXTENSION.finditer(text, 3))
    for match in found:
        rest = text[match.end() :].strip()
        if rest and re.fullmatch(r"[\d\s.()-]+", rest):
            extension = re.sub(r"\D", "", rest)
            if not 1 <= len(extension) <= MOST_EXTENSION:
                raise InputError(f"{text!r} can't be dialed: an extension can have up to {MOST_EXTENSION} digits.")
            return text[: match.start()].rstrip(" ,;."), extension
    return text, ""


def _check(shown: str, plus: bool, digits: str, extension: str, region: str) -> Number:
    # loaded only when something is dialed (16 ms)
    import phonenumbers

    def parsed(number: str, where: str | None) -> phonenumbers.PhoneNumber | None:
        try:
            found = phonenumbers.parse(number, where)
        except phonenumbers.NumberParseException:
            return None
        # local numbers (112, 5610) have no form with a country code
        possible = phonenumbers.is_possible_number_with_reason(found)
        return found if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None

    international = None
    if not plus and len(digits) < FEWEST_ABROAD:
        return Number(digits, extension)  # an emergency, short or internal number
    if plus:
        international = parsed(f"+{digits}", None)
        if international is None:
            raise InputError(f"{shown!r} can't be dialed: no country has numbers like +{digits}.")
    else:
        if region:
            international = parsed(digits, region)
        if international is None and digits.startswith("00"):
            international = parsed(f"+{digits.lstrip('0')}", None)
    if international is None:
        if len(digits) > MOST_DIGITS:
            raise InputError(f"{shown!r} can't be dialed: {len(digits)} digits are too many for a phone number.")
        return Number(digits, extension, f"not a full {region} number, dialed as written" if region else "")
    caution = "" if phonenumbers.is_valid_number(international) else "may not be in use"
    return Number(phonenumbers.format_number(international, phonenumbers.PhoneNumberFormat.E164), extension, caution)
