"""Fills in the app's forms without a key for every letter."""

from helpers.app import Driver
from textual.widgets import Input


async def fill(app: Driver, **answers: str) -> None:
    """Put these texts into the open form, as if they were pasted, and let the form look at them."""
    await app.until(lambda: bool(app.app.screen.query("#lacks")), "a form")
    for name, text in answers.items():
        app.app.screen.query_one(f"#field-{name}", Input).value = text
    await app.pilot.pause()


async def finish(app: Driver) -> None:
    """Enter in the last field."""
    last = [one for one in app.app.screen.focus_chain if (one.id or "").startswith("field-")][-1]
    last.focus()
    await app.press("enter")
