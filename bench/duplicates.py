"""How well are duplicates found? Recall and precision on made-up people with planted duplicates.

    python -m bench.duplicates

As in FEBRL: names drawn with realistic frequencies, and one to three slips in each duplicate (a typo, swapped names, a
missing field, a number in another writing, a birthday off by a digit). Relatives, namesakes, colleagues and numbered
branches are among them to be mistaken for duplicates. Seeds are fixed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from rapidfuzz.distance import JaroWinkler

from planner.domain.clients.duplicates import Finder
from planner.domain.clients.people import Contact, ContactMethod

SIZES = (5_000, 50_000)
SHARE = 10  # one contact in so many has a duplicate
SYLLABLES = ("an", "ber", "cor", "da", "el", "fin", "gra", "hol", "in", "jo", "ka", "lun", "mar", "no", "ol", "pe",
             "ri", "sa", "to", "ur", "vin", "wes", "yo", "zel")  # fmt: skip
PARTICLES = ("", "", "", "", "", "van ", "van der ", "de ", "von ")


def word(draw: random.Random, parts: int) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(parts)).capitalize()


def people(draw: random.Random, count: int) -> list[Contact]:
    """Unrelated contacts, with relatives, namesakes and branches among them."""
    given = [word(draw, 2) for _ in range(300)]
    family = [draw.choice(PARTICLES) + word(draw, 3) for _ in range(count // 12)]
    weights = [1 / (rank + 3) for rank in range(len(family))]
    companies = [f"{word(draw, 3)} {draw.choice(('Trading', 'Ltd', 'GmbH', 'Group'))}" for _ in range(count // 8)]
    cities = [word(draw, 2) for _ in range(120)]
    found = []
    for number in range(1, count + 1):
        company = draw.choice(companies)
        branch = number % 40 == 0
        name = f"Store {number} {draw.choice(cities)}" if branch else ""
        name = name or f"{draw.choice(given)} {draw.choices(family, weights)[0]}"
        born = f"{draw.randint(1950, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        phone = ContactMethod(f"+49 {draw.randint(30, 999)} {draw.randint(1_000_000, 9_999_999)}")
        email = ContactMethod(f"{name.split()[0].lower()}{number}@{company.split()[0].lower()}.example")
        whole = Contact(
            number, "", name, name if branch else company, phones=(phone,), emails=(email,), city=draw.choice(cities)
        )
        found.append(whole if branch else replace(whole, birthday=born if draw.random() < 0.5 else None))
    return found


def typo(draw: random.Random, text: str) -> str:
    place = draw.randrange(1, max(2, len(text) - 1))
    kind = draw.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + draw.choice("aeiounrst") + text[place:]
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def slips(draw: random.Random) -> list[Callable[[Contact], Contact]]:
    def other_writing(each: Contact) -> Contact:
        digits = each.phones[0].value.removeprefix("+49 ").replace(" ", "/") if each.phones else ""
        return replace(each, phones=(ContactMethod(f"0{digits}"),) if digits else ())

    return [
        lambda each: replace(each, name=typo(draw, each.name)),
        lambda each: replace(each, name=" ".join(reversed(each.name.split(" ", 1)))),
        lambda each: replace(each, phones=()),
        lambda each: replace(each, emails=()),
        lambda each: replace(each, company=None),
        lambda each: replace(each, city=""),
        lambda each: replace(each, birthday=None),
        other_writing,
    ]


def measure(count: int) -> str:
    draw = random.Random(count)
    contacts = people(draw, count)
    twins: dict[int, int] = {}
    for original in draw.sample([each for each in contacts if each.name != each.company], count // SHARE):
        twin = original
        for slip in draw.sample(slips(draw), draw.randint(1, 3)):
            twin = slip(twin)
        twins[len(contacts) + 1] = original.id
        contacts.append(replace(twin, id=len(contacts) + 1))
    begun = time.process_time()
    pairs = Finder(contacts, JaroWinkler.normalized_similarity).pairs()
    spent = time.process_time() - begun
    right = [twins.get(pair.second) == pair.first for pair in pairs]
    sure = [hit for hit, pair in zip(right, pairs, strict=True) if pair.same]
    return (
        f"{count:>8,}{len(twins):>8,}{sum(sure) / len(twins):>10.1%}{sum(sure) / max(1, len(sure)):>11.1%}"
        f"{sum(right) / len(twins):>12.1%}{sum(right) / max(1, len(right)):>11.1%}{spent:>8.1f} s"
    )


if __name__ == "__main__":
    print(f"{'contacts':>8}{'twins':>8}{'recall':>10}{'precision':>11}{'asked too':>12}{'precision':>11}{'CPU':>10}")
    for size in SIZES:
        print(measure(size))
