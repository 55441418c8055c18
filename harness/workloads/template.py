"""A commented `workload.toml` to fill in: every key with its meaning, and its default or an example.

A line that begins with `# ` explains; one that begins with `#` and a key is a setting to switch on.
"""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from harness.workloads.default_variants import default_variants
from harness.workloads.description import Candidate, Description, RandomTensor
from harness.workloads.template_words import ABOUT, EXAMPLES, HEAD, MEANINGS
from harness.workloads.writing import toml_value

_WIDTH = 108
_EMPTY: tuple[Any, ...] = (None, (), "")


def template_text(described: Description, *, file: str, hashes: Mapping[str, str] | None = None) -> str:
    """The whole file.

    Args:
        described: what is known already, which is switched on; everything else is shown switched off.
        file: what the file is called, for the commands in its head.
        hashes: SHA-256 by table, shown switched off beside the file that they are of.
    """
    pins = hashes or {}
    named = "".join(one if one.isprintable() else "?" for one in file)  # a line break would end the comment
    lines = [*(f"# {line}".rstrip() for line in HEAD.format(file=named).splitlines()), ""]
    tables: list[tuple[str, Any]] = []
    for field in msgspec.structs.fields(described):
        value = getattr(described, field.name)
        if field.name in ABOUT:
            tables.append((field.name, value))
        else:
            lines += _setting(field, value, table="", pin=None)
    for name, value in tables:
        lines += ["", *_prose(ABOUT[name])]
        if name == "variants" and value is None:
            lines += _switched_off(name, {"default": default_variants(described)})
        elif name == "candidates":
            lines += _candidate()
        else:
            lines += _table(name, value, pins.get(name))
    return "\n".join(lines) + "\n"


def _table(name: str, value: Any, pin: str | None) -> Iterator[str]:  # noqa: ANN401 - any table of a description
    """A table; one that is left out is shown switched off."""
    if value is None:
        yield from _switched_off(name, EXAMPLES[name])
        return
    yield f"[{name}]"
    tag, tag_field = value.__struct_config__.tag, value.__struct_config__.tag_field
    if tag_field is not None:
        yield from _prose(MEANINGS[name][tag_field])
        yield f"{tag_field} = {toml_value(tag)}"
    for field in msgspec.structs.fields(value):
        yield from _setting(field, getattr(value, field.name), table=name, pin=pin)


def _switched_off(name: str, examples: Mapping[str, Any]) -> Iterator[str]:
    """Heading and all."""
    yield f"#[{name}]"
    for key, example in examples.items():
        yield from _prose(MEANINGS[name][key])
        yield f"#{key} = {toml_value(example)}"


def _setting(field: msgspec.structs.FieldInfo, value: Any, *, table: str, pin: str | None) -> Iterator[str]:  # noqa: ANN401 - of any field
    """The meaning, the default where there is one to tell, and the setting, switched off where it is the default."""
    example = EXAMPLES.get(table, {}).get(field.name)
    default = None if field.required else field.default
    if field.name == "sha256" and pin is not None:
        example = pin
    told = "" if default in _EMPTY else f" Default: {toml_value(default)}."
    yield from _prose(MEANINGS[table][field.name] + told)
    if not field.required and value == default:
        yield f"#{field.name} = {toml_value(default if default not in _EMPTY else example)}"
    else:
        yield from _assignment(field.name, value)


def _assignment(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - of any field
    if isinstance(value, tuple) and value and isinstance(value[0], RandomTensor):
        yield f"{name} = ["
        yield from (f"    {toml_value(one)}," for one in value)
        yield "]"
    else:
        yield f"{name} = {toml_value(value)}"


def _candidate() -> Iterator[str]:
    yield "#[[candidates]]"
    for field in msgspec.structs.fields(Candidate):
        yield from _prose(MEANINGS["candidates"][field.name])
        yield f"#{field.name} = {toml_value(EXAMPLES['candidates'][field.name])}"


def _prose(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]
