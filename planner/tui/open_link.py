"""What the rep's own words name that can be opened: a web page, or a file that is there."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

# What is looked at or listened to; nothing that could be run.
SHOWN = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".heic", ".pdf", ".txt", ".md", ".html", ".htm",
    ".mp3", ".ogg", ".flac", ".m4a", ".wav", ".mp4", ".webm", ".mkv", ".mov",
)  # fmt: skip


def opened_where(text: str) -> str | None:
    """The address to hand to the browser for a link or a path; None for a text.

    Only http and https, and files to look at or listen to that exist: nothing is handed to anybody to be run.
    """
    text = text.strip()
    if urlsplit(text).scheme in ("http", "https") and " " not in text and urlsplit(text).netloc:
        return text
    path = os.path.expanduser(text)
    if os.path.isabs(path) and os.path.isfile(path) and path.lower().endswith(SHOWN):
        return Path(path).as_uri()
    return None
