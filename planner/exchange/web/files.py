"""The files of the page: one of HTML, styles and script, whose policy allows just these by their hashes."""

from __future__ import annotations

import base64
import hashlib
import os
import re

HERE = os.path.dirname(__file__)
ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#16181f"/>
<path d="M14 46 26 32l9 8 15-20" fill="none" stroke="#7dcfff" stroke-width="6" stroke-linecap="round"
stroke-linejoin="round"/></svg>
"""
MANIFEST = """\
{"name": "planner", "short_name": "planner", "start_url": "/", "scope": "/", "display": "standalone",
 "background_color": "#16181f", "theme_color": "#16181f",
 "icons": [{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]}
"""
_STYLE, _SCRIPT = re.compile(r"<style>(.*?)</style>", re.DOTALL), re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Page:
    """The files by path: content, type and headers."""

    def __init__(self) -> None:
        page, worker = _read("page.html"), _read("worker.js")
        build = hashlib.sha256((page + worker).encode()).hexdigest()[:16]
        self.policy = policy(page)
        again = {"Cache-Control": "no-cache"}  # kept by the service worker, and asked for anew each time
        self.files = {
            "/": (page, "text/html", {**again, "Content-Security-Policy": self.policy}),
            "/worker.js": (worker.replace("{build}", build), "text/javascript", again),
            "/manifest.webmanifest": (MANIFEST, "application/manifest+json", again),
            "/icon.svg": (ICON, "image/svg+xml", {**again, "Content-Security-Policy": "default-src 'none'"}),
        }


def policy(page: str) -> str:
    """Return the policy of the page: its own script and styles, its own server, and nothing else."""
    styles = " ".join(_hash(text) for text in _STYLE.findall(page))
    scripts = " ".join(_hash(text) for text in _SCRIPT.findall(page))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; img-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types worker"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8", newline="\n") as file:
        return file.read()
