"""Strangers' text as GitHub shows it literally: no markup, no link, no formula, no picture, and nobody is called.

GitHub looks for `@names`, `#123`, `GH-123` and `:emoji:` in the text that Markdown left over, where a backslash has
done its work and is gone: a zero-width space in their middle keeps them apart, as other bots do it. A dollar sign may
open a formula, and is put into a tag of its own, as GitHub's manual says.
"""

import re
from html import escape

from planner.reports.svg.text import harmless

APART = "&#8203;"
_LONGEST = 1000
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&#]")
_SCHEME = re.compile(r":(?=//)|(?<=mailto):|(?<=xmpp):", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?<=www)\.", re.IGNORECASE)
_BLOCK_START = re.compile(r"^([-+=])|^(\d{1,9})([.)])(?=\s|$)")
_REFERENCE = re.compile(r"@|#(?=\d)|(?<=GH-)(?=\d)|:(?=[\w+-]+:)", re.IGNORECASE)
_PLAIN_CODE = re.compile(r"[\w .,:;/+=%()-]+", re.ASCII)


def cut(text: str) -> str:
    """Harmless, on one line, and at most 1,000 characters."""
    text = harmless(text).strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def inline(text: str) -> str:
    """Text for a paragraph, an item or a cell."""
    text = _REFERENCE.sub(lambda found: f"{found[0]}\0", cut(text))
    text = _MARKUP.sub(r"\\\g<0>", text)
    text = _SCHEME.sub(r"\\\g<0>", text)
    text = _BARE_ADDRESS.sub(r"\\.", text)
    text = _BLOCK_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text)
    return text.replace("$", "<span>$</span>").replace("\0", APART)


def in_tag(text: str) -> str:
    """Text inside an HTML block, where there is no Markdown."""
    text = escape(_REFERENCE.sub(lambda found: f"{found[0]}\0", cut(text)))
    return text.replace("$", "<span>$</span>").replace("\0", APART)


def code(text: str) -> str:
    """Text in type of a fixed pitch; with backticks where nothing in it could close them or split a cell."""
    text = cut(text)
    if not text:
        return ""
    return f"`{text}`" if _PLAIN_CODE.fullmatch(text) else f"<code>{inline(text)}</code>"


def fenced(lines: tuple[str, ...]) -> list[str]:
    """Lines to be typed, in a fence that none of them closes."""
    kept = [cut(line) for line in lines]
    longest = max((len(run) for line in kept for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}sh", *kept, fence]
