"""The classes by which style sheets tell how large the terminal is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.screen import Screen


def before_mount(screen: Screen[Any], more: Mapping[str, bool] | None = None) -> None:
    """Give a screen the classes of its size, and more, before its widgets are styled. The first resize would set them
    afterwards, one group after the other, each styling all widgets again and laying them out again.
    """
    app = screen.app
    found = dict(more or {})
    for size, breakpoints in (
        (app.size.width, app.HORIZONTAL_BREAKPOINTS or ()),
        (app.size.height, app.VERTICAL_BREAKPOINTS or ()),
    ):
        reached = max((least for least, _ in breakpoints if least <= size), default=None)
        found |= {name: least == reached for least, name in breakpoints}
    screen.update_classes(found, update=False)
