"""Streams of facts for hypothesis: few runs, versions and devices, so that facts meet what was there before."""

from dataclasses import fields
from typing import get_args

from hypothesis import strategies as st

from tests.journal_samples import device
from workflows.domain.facts import Change, Fact, Method

_DEVICE_IDS = st.sampled_from(["pump-1", "pump-2", "pump-3"])
_POOLS = {
    "change": st.builds(Change, version_number=st.integers(0, 3), run=st.sampled_from(["run-1", "run-2"])),
    "device_id": _DEVICE_IDS,
    "device": st.builds(device, device_id=_DEVICE_IDS, method=st.sampled_from(get_args(Method))),
    "fields": st.lists(st.sampled_from(["name", "description"]), unique=True).map(tuple),
}


def _facts_of(kind):
    return st.builds(kind, **{field.name: _POOLS[field.name] for field in fields(kind) if field.name in _POOLS})


facts = st.one_of([_facts_of(kind) for kind in get_args(Fact)])
streams = st.lists(facts, max_size=12)
