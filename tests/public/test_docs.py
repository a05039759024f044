"""What the README shows is what happens."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_first_two_blocks_are_the_two_commands():
    """The README's first two fenced blocks are one command line each: run the main job, pass the tests."""
    first, second = re.findall(r"^```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[:2]

    assert (1, 1) == (first.count("\n"), second.count("\n"))
    assert "ime-harness run fixtures/" in first
    assert second.strip().endswith("tox")


@pytest.mark.parametrize(("code", "text"), [*zip(blocks("python"), blocks("text"), strict=True)])
def test_readme_python_prints_what_it_says(monkeypatch, code, text):
    """Each Python example of the README prints the text below it."""
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    world: dict[str, object] = {}
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), world)  # noqa: S102 - our own example
    world["device"].close()

    assert text == printed.getvalue()


def test_readme_gherkin_passes(pytester):
    """The README's feature passes in a folder of its own, with the packages beside it."""
    pytester.makefile(".feature", vpn=blocks("gherkin")[0])
    pytester.makepyfile(test_vpn="from pytest_bdd import scenarios\n\nscenarios('.')\n")
    pytester.makeini(f"[pytest]\nime_folder = {(ROOT / 'fixtures').as_posix()}\n")

    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("words", re.findall(r"^> (.*)$", README, re.MULTILINE))
def test_readme_quotes_the_explanation(words):
    """What the README quotes is what `ime-harness run` says about the failure."""
    from harness import emulated_device

    folder = ROOT / "fixtures/packages/contoso-legacy"
    with emulated_device() as device:
        app = device.tenant.publish(folder / "contoso-legacy-wrong-view.json", folder / "contoso-legacy.intunewin")
        device.sync()
        device.advance("10 min")
        explanation = " ".join(str(device.explain(app)).split())

    assert words in explanation
