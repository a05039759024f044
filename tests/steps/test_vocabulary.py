"""The vocabulary as a whole."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from pytest_bdd.steps import step_function_context_registry

from harness.steps import MODULES

FEATURES = Path(__file__).parents[2] / "features"
KEYWORDS = re.compile(r"^\s*(Given|When|Then|And|But|\*) ")


for _name in MODULES:
    importlib.import_module(_name)

#: Every step of the library, in the same order everywhere, as parallel tests need it.
STEPS = [
    pytest.param(context, id=name)
    for name, context in sorted(
        (f"{context.type} {context.parser.name}", context)
        for context in step_function_context_registry.values()
        if context.step_func.__module__ in MODULES
    )
]


@pytest.fixture(scope="module")
def sentences():
    """Return the sentences of all features, each with the kind of step it is."""
    found = set()
    for file in FEATURES.rglob("*.feature"):
        kind = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if keyword := KEYWORDS.match(line):
                kind = {"Given": "given", "When": "when", "Then": "then"}.get(keyword[1], kind)
                found.add((kind, line[keyword.end() :].strip()))
    return found


def test_there_are_steps():
    """The test below is about something."""
    assert 50 < len(STEPS)


@pytest.mark.parametrize("context", STEPS)
def test_every_step_is_used_in_a_feature(context, sentences):
    """So that each has an example, and is run."""
    assert any(kind == context.type and context.parser.is_matching(text) for kind, text in sentences)


@pytest.mark.parametrize("context", STEPS)
def test_every_step_says_what_it_does(context):
    """In one sentence that people read."""
    assert re.match(r"[A-Z].*[.]$", (context.step_func.__doc__ or "").splitlines()[0])


def test_features_say_each_sentence_in_one_way(sentences):
    """No sentence is two steps at once."""
    contexts = [step.values[0] for step in STEPS]
    for kind, text in sentences:
        found = [one.parser.name for one in contexts if one.type == kind and one.parser.is_matching(text)]
        assert 1 == len(found), f"{text}: {found}"
