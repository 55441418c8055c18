"""Assumptions as they are typed: into a file and back."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricing.assumptions import read_assumptions
from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry, Kind
from pricing.assumptions.typed import file_of, text_of, typed_of, value_of
from pricing.errors import AssumptionError

_WORDS = st.text(alphabet="abcXYZ019_-.:/=+ ()\"'\\\n\té€", min_size=1, max_size=30).filter(lambda text: text.strip())
_TYPED = {
    Kind.WHOLE: st.integers(-(10**12), 10**12).map(str),
    Kind.SWITCH: st.sampled_from(["true", "false", "yes", "No", "maybe"]),
    Kind.SPREAD: st.lists(st.sampled_from(["1 %", "2.5 USD", "3 months"]), min_size=1, max_size=4).map(", ".join),
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_default_is_typed_as_a_file_has_it(entry: Entry, tmp_path: Path) -> None:
    text = text_of(entry)
    file = tmp_path / "assumptions.toml"
    file.write_text(file_of({entry.name: text}), encoding="utf-8")

    if entry.default is None:
        assert read_assumptions(file) == {}
    else:
        default = list(entry.default) if isinstance(entry.default, tuple) else entry.default
        assert read_assumptions(file) == {entry.name: default}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data(), entry=st.sampled_from(ENTRIES))
def test_what_is_typed_means_the_same_when_it_was_saved_and_read(
    data: st.DataObject, entry: Entry, tmp_path: Path
) -> None:
    text = data.draw(_TYPED.get(entry.kind, _WORDS))
    file = tmp_path / "assumptions.toml"
    file.write_text(file_of({entry.name: text}), encoding="utf-8")

    (value,) = read_assumptions(file).values()
    assert value == value_of(entry, text)
    assert value_of(entry, typed_of(value)) == value


def test_a_name_that_is_none_is_not_saved() -> None:
    with pytest.raises(AssumptionError, match=r"'fleet\.nothing' is no assumption"):
        file_of({"fleet.nothing": "1"})
