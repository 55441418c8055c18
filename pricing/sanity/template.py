"""Writes the commented example of a claims file from the kinds themselves, so that no key is ever missing there."""

from collections.abc import Iterator

from pricing.sanity.kinds import FORMS, KindForm

_HEAD = """# Claims for `planner sanity`: what somebody says, as figures that rules can be held against.
# Every figure is written with its unit; GB is 10⁹ bytes and GiB 2³⁰. Leave out what a claim does not tell:
# the rules say what is missing. Delete the claims that you do not need.

title = "what these claims are about"
source = "who made them, and when"
# as_of = 2026-07-30   # the day whose prices they are held against (default: today)
"""
_EXAMPLES_END = 38


def template() -> str:
    """A file with one claim of every kind, every key of it explained; it can be read as it is."""
    return "\n".join([_HEAD, *(_claim(form) for form in FORMS.values())])


def _claim(form: KindForm) -> str:
    lines = [
        f"# {form.meaning}",
        "[[claim]]",
        f'id = "my-{form.kind}"',
        'says = "what it says, in a few words"',
        f'kind = "{form.kind}"',
        *_keys(form),
    ]
    return "\n".join([*lines, ""])


def _keys(form: KindForm) -> Iterator[str]:
    for one in form.fields:
        written = f"{'' if one.is_usual else '# '}{one.name} = {one.example}"
        yield f"{written:<{_EXAMPLES_END}} # {one.meaning}"
