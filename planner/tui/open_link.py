"""Opens what the rep's own texts refer to: a web page or an existing file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

# Files to look at or listen to, nothing executable.
SHOWN = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".heic", ".pdf", ".txt", ".md", ".html", ".htm",
    ".mp3", ".ogg", ".flac", ".m4a", ".wav", ".mp4", ".webm", ".mkv", ".mov",
)  # fmt: skip


def opened_where(text: str) -> str | None:
    """Return the address to open in the browser for a link or a path, None for any other text.

    Only http and https, and existing files to look at or listen to, so nothing can be executed.
    """
    text = text.strip()
    if urlsplit(text).scheme in ("http", "https") and " " not in text and urlsplit(text).netloc:
        return text
    path = os.path.expanduser(text)
    if os.path.isabs(path) and os.path.isfile(path) and path.lower().endswith(SHOWN):
        return Path(path).as_uri()
    return None
