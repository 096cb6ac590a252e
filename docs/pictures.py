"""Take pictures of the screens: `python docs/pictures.py [FOLDER [NAME …]]` (`make pictures`).

Every screen in each of its states, in four sizes and all themes, as SVG, taken from the running program with its clock
stopped, and `index.html`, which shows them all. NAME is the beginning of a picture's name, such as `today` or
`today-empty-80x24`. PNGs are added where a headless Chromium is installed. Without FOLDER, only the README's pictures
in docs/pictures are renewed (`--readme FOLDER` writes them to another folder, as the tests do).
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.tui.app import PlannerApp
from planner.tui.theme import THEMES
from tests.scenes import CALLS, CLIENTS, DAYS, MAILS, REVIEWS, SCENES

SCREENS = {
    "today": (),
    "plan": ("3",),
    "what-if": ("3", "tab", "right", "down", "shift+right"),
    "why": ("y", "down"),
    "goals": ("4", "down", "down"),
}
OTHER_SCREENS = {
    "goal-form": ("4", "n"),
    "plan-form": ("g",),
    "settings": ("comma",),
    "keys": ("comma", "tab"),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
    "tour": ("f2",),
}
# the day screens have their own scenes
DAY_SCREENS = {
    "day": ("t",),
    "week": ("W",),
    "list": ("l",),
    "evening": ("b",),
    "triage": ("T",),
    "stop": ("s",),
    "quick": ("a", *"Call Anna tomorrow 16:00 A #fair"),
}
CALL_SCREENS = {
    "calls": ("2", "down", "down"),
    "answers": ("2", "slash", *"dea", "enter"),
    "insight": ("2", "i"),
    "playbook": ("8", "down"),
}
MAIL_SCREENS = {"mail": ("5",), "letters-to-write": ("5", "tab")}
CLIENT_SCREENS = {
    "clients": ("6", "down", "down"),
    "deals": ("6", "tab"),
    "care": ("6", "shift+tab"),
    "find": ("slash", *"kim"),
    "contact-form": ("6", "e"),
    "duplicates": ("6", "D"),
}
REVIEW_SCREENS = {"review": ("7",), "charts": ("7", *["tab"] * 5), "learning": ("7", *["tab"] * 6)}
SIZES = ((60, 20), (80, 24), (120, 36), (200, 50))
KEYS = {" ": "space", ":": "colon", "#": "number_sign"}
README = Path(__file__).parent / "pictures"


async def picture(
    make: Callable[[Path], AppContext], size: tuple[int, int], theme: str, target: Path, keys: tuple[str, ...] = ()
) -> None:
    """Take one picture of one scene. Keys are Textual key names or single characters."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = make(Path(folder))
        live = TodayStore(ctx)
        app = PlannerApp(ctx, live, live.read(), ctx.now())
        async with app.run_test(size=size) as pilot:
            app.theme = theme
            for key in keys:
                await pilot.press(KEYS.get(key, key))
                await app.workers.wait_for_complete()
                await pilot.pause()
            await pilot.pause(0.3)  # a dossier is only read once the cursor rests
            await app.workers.wait_for_complete()
            await pilot.pause()
            app.save_screenshot(target.name, path=str(target.parent))
        live.close()


def to_png(svg: Path) -> None:
    """Render an SVG as a PNG with a headless Chromium, if there is one."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        return
    box = svg.read_text(encoding="utf-8").split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--default-background-color=00000000",
                f"--user-data-dir={profile}",
                f"--window-size={int(float(box[0])) + 1},{int(float(box[1])) + 1}",
                f"--screenshot={svg.with_suffix('.png')}",
                svg.absolute().as_uri(),
            ],
            check=True,
            capture_output=True,
        )


def readme(folder: Path) -> None:
    """Take the pictures that the README shows."""
    folder.mkdir(exist_ok=True)
    shots: list[tuple[str, Callable[[Path], AppContext], tuple[str, ...]]] = [
        *((screen, SCENES["typical"], keys) for screen, keys in SCREENS.items() if screen != "why"),
        ("day", DAYS["typical"], DAY_SCREENS["day"]),
        ("calls", CALLS["typical"], CALL_SCREENS["calls"]),
        ("clients", CLIENTS["typical"], ("6", "down", "down")),
        ("review", REVIEWS["typical"], ("7",)),
        ("mail", MAILS["open"], MAIL_SCREENS["mail"]),
    ]
    for name, scene, keys in shots:
        asyncio.run(picture(scene, (120, 36), "planner-dark", folder / f"{name}.svg", keys))


def main(folder: str | None, wanted: list[str]) -> None:
    """Take all pictures into a folder (only those whose name begins with one of `wanted`), or the README's."""
    if folder is None:
        readme(README)
        return
    if folder == "--readme":
        readme(Path(wanted[0]))
        return
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for screens, scenes in (
        ({**SCREENS, **OTHER_SCREENS}, SCENES),
        (DAY_SCREENS, DAYS),
        (CALL_SCREENS, CALLS),
        (MAIL_SCREENS, MAILS),
        (CLIENT_SCREENS, CLIENTS),
        (REVIEW_SCREENS, REVIEWS),
    ):
        for screen, scene, size, theme in product(screens, scenes, SIZES, [theme.name for theme in THEMES]):
            name = f"{screen}-{scene}-{size[0]}x{size[1]}-{theme.removeprefix('planner-')}.svg"
            if wanted and not name.startswith(tuple(wanted)):
                continue
            asyncio.run(picture(scenes[scene], size, theme, target / name, screens[screen]))
            to_png(target / name)
            print(name)
    index(target)


def index(folder: Path) -> None:
    """Write a page with all pictures of a folder, each under its name."""
    shown = "".join(
        f'<figure><figcaption>{each.stem}</figcaption><img src="{each.name}" loading="lazy"></figure>'
        for each in sorted(folder.glob("*.svg"))
    )
    style = "body{font:14px sans-serif;display:flex;flex-wrap:wrap}figure{margin:8px}img{width:720px}"
    page = f'<!doctype html><meta charset="utf-8"><title>planner</title><style>{style}</style>{shown}'
    (folder / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None, sys.argv[2:])
