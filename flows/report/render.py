"""From templates to files that can be opened anywhere and can do nothing.

A page's title or text may be hostile, so three walls stand one behind the other: the templates escape every value, an
address becomes a link only when it is plain http or https, and each file carries a Content-Security-Policy that names
the digests of its one style sheet and its one script and forbids the rest. Characters that cannot stand in HTML are
shown as U+FFFD, one for one, so that offsets keep their meaning, and so are those that turn round the letters behind them:
"photo_" and "gnp.exe" would read "photo_exe.png".
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.report import formats

TEMPLATES = Path(__file__).with_name("templates")

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of surrogate pairs and noncharacters, which HTML has no way to write, and overrides of the
direction of text."""
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\"'<>\\^`{|}\x7f]+", re.IGNORECASE)
MAX_ADDRESS_CHARS = 2_000
"""Browsers cut longer addresses; a link that arrives elsewhere than it says is worse than none."""


def web_address(url: str | None) -> str | None:
    """Return the address if it is safe to link, else None: plain http or https, nothing that needs guessing."""
    if url and len(url) <= MAX_ADDRESS_CHARS and _WEB_ADDRESS.fullmatch(url):
        return url
    return None


def render(template: str, **values: object) -> str:
    """Fill a template and return a complete HTML file."""
    html = _environment().get_template(template).render(**values)
    return _UNFIT.sub("\ufffd", html.replace("\r\n", "\n").replace("\r", " "))


def write(path: Path, html: str) -> None:
    """Write a file of a report, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    # The only two texts that are trusted: they come with the package, and their digests stand in the policy below.
    environment.globals["style"] = Markup(style)
    environment.globals["script"] = Markup(script)
    environment.globals["content_security_policy"] = "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{_digest(style)}'",
            f"script-src 'sha256-{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    environment.filters["web_address"] = web_address
    environment.filters.update(formats.FILTERS)
    return environment


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
