"""What a step says when the feature is wrong, or the device is."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.steps.conftest import FIXTURES, NOTES, VPN

SYNCED = (NOTES, "When the device syncs", "And 5 minutes pass")

#: What went wrong in a step: the steps before it, the step, how the message begins.
MISTAKES = {
    "a missing file": (
        (),
        'Given the app from "packages/contoso-nots/contoso-notes.json" without content',
        "there is no packages/contoso-nots/contoso-notes.json in ",
    ),
    "a release": (
        (),
        "Given a Windows XP device with nobody signed in",
        "there is no emulated machine 'Windows XP' - use one of",
    ),
    "a second device": (
        (NOTES,),
        'Given a Windows 11 23H2 device with "Ada" signed in',
        "the scenario has a device already - ",
    ),
    "a day": (
        (),
        'Given a Windows 11 23H2 device with "Ada" signed in on 2026-02-30 at 07:30',
        "'2026-02-30 at 07:30' is not a time - write it as in '2026-11-24 at 07:30'",
    ),
    "no app yet": ((), "Given it is assigned as required", "no app was named yet - begin with: Given the app from"),
    "an unknown app": (
        (NOTES,),
        'Then "Contoso Nots" is installed',
        "the tenant has no app 'Contoso Nots' - published",
    ),
    "a state": (
        (NOTES,),
        'Then "Contoso Notes" is instaled',
        '"instaled" is not a state of an app - use one of: installed,',
    ),
    "a reported state": (
        (NOTES,),
        'Then "Contoso Notes" is reported as "there"',
        '"there" is not a state the portal shows - use one of: installed, failed, not installed',
    ),
    "an intent": (
        (NOTES,),
        "Given it is assigned as mandatory",
        '"mandatory" is not an intent - use one of: available, required, uninstall',
    ),
    "a target": ((NOTES,), "Given it is assigned to everybody", '"everybody" is not what an app is assigned to - use'),
    "toast settings": (
        (NOTES,),
        "Given its toasts are set to none",
        '"none" is not a setting of toasts - use one of: showAll',
    ),
    "a restart behavior": (
        (NOTES,),
        'Given its device restart behavior is "never"',
        '"never" is not a device restart behavior - use one of: basedOnReturnCode',
    ),
    "a duration": ((), "When a while passes", "'a while' is not a duration - write a number and a unit"),
    "a toast": ((NOTES,), 'Then "Ada" sees the happy toast', '"happy" is not a toast - use one of: download, success'),
    "a list of toasts": (
        (NOTES,),
        'Then "Ada" sees the toasts download, happy in that order',
        '"happy" is not a toast - use one of: download, success',
    ),
    "a hive": (
        (),
        r'Given the registry value "HKXX\Software\A" is "1"',
        r"'HKXX\\Software\\A' does not begin with a hive",
    ),
    "a view": (
        (),
        r'Then the 16-bit registry key "HKLM\SOFTWARE\A" is not there',
        '"16-bit" is not a view of the registry - use one of: 64-bit, 32-bit',
    ),
    "a log": (
        SYNCED,
        'Then the log "AppWorklod" says "x"',
        "there is no log 'AppWorklod' yet - there are: AgentExecutor,",
    ),
    "no log at all": (
        (),
        'Then the log "AppWorkload" does not say "x"',
        "there is no log 'AppWorkload' yet - there are: none",
    ),
    "a toast that is gone": (
        SYNCED,
        'When "Ada" clicks "Restart now" in the restart required toast',
        "Ada does not see the restart required toast now - on the screen is: nothing",
    ),
    "a field of the report": (
        SYNCED,
        'Then the report about "Contoso Notes" holds\n  | State | 1 |',
        "a report has no State - it has: ApplicationId, ResultantAppState,",
    ),
    "a table": (
        SYNCED,
        'Then the report about "Contoso Notes" holds\n  | ResultantAppState |',
        "a report is compared with a table of two columns",
    ),
    "nobody to run a process": (
        ("Given a Windows 11 23H2 device with nobody signed in",),
        'Given the process "a.exe" runs',
        "nobody is signed in who could run a.exe - sign a user in first",
    ),
    "nobody who has a registry": (
        (),
        r'Then the registry value "HKCU\Software\A" of "Bob" is "1"',
        "Bob is not signed in, so there is no registry of theirs",
    ),
    "an opaque setup program": (
        (VPN, "When the device syncs"),
        "When 5 minutes pass",
        "not emulated: ",
    ),
    "a file that is no package": (
        (),
        'Given the app from "packages/contoso-notes/contoso-notes.json" with the package "README.md"',
        "README.md: ",
    ),
    "a file that is no app": ((), 'Given the app from "README.md" without content', "README.md: "),
    "a file that is no installer": (
        (VPN,),
        'Given its setup program behaves as "README.md" says',
        "README.md: ",
    ),
}

#: A scenario that fails since the device is not as the step says.
DIFFERENCES = {
    "state": (
        SYNCED,
        'Then "Contoso Notes" is failed',
        "Contoso Notes is installed, not failed\n  Contoso Notes: installed.",
    ),
    "state in time": (
        (NOTES,),
        'Then "Contoso Notes" is failed within 30 minutes',
        "Contoso Notes is installed after 30 min, not failed",
    ),
    "failure in time": (
        (NOTES,),
        'Then "Contoso Notes" fails with 0x80070643 within 30 minutes',
        "Contoso Notes is installed after 30 min, not failed",
    ),
    "code": (
        (VPN, "Given its setup program takes 1 s and exits with 5", "When the device syncs"),
        'Then "Contoso VPN" fails with 0x80070643 within 10 minutes',
        "Contoso VPN has failed with 0x80070005, not 0x80070643",
    ),
    "explanation": (
        SYNCED,
        'Then the explanation of "Contoso Notes" says "moon"',
        'the explanation does not say "moon":',
    ),
    "installer": (
        SYNCED,
        'Then the installer of "Contoso Notes" ran twice',
        "the installer of Contoso Notes ran 1 times, not 2",
    ),
    "polls": ((), "Then the agent has checked in once", "the agent has checked in 0 times, not 1"),
    "a poll": ((), "Then the agent checks in within 1 minute", "the agent has not checked in within 1 min"),
    "file": ((), r'Then the file "C:\a.txt" is there', r"there is no C:\a.txt"),
    "no file": ((), r'Then the file "C:\Windows" is not there', r"C:\Windows is there"),
    "value": (
        (),
        r'Then the 64-bit registry value "HKLM\SOFTWARE\A\B" is "1"',
        r"there is no value HKLM\SOFTWARE\A\B in the 64-",
    ),
    "data": (
        SYNCED,
        r'Then the 64-bit registry value "HKLM\SOFTWARE\Contoso\Notes\Version" is "1"',
        r"HKLM\SOFTWARE\Contoso\Notes\Version is 2.4.1, not 1",
    ),
    "key": (
        (),
        r'Then the 32-bit registry key "HKLM\SOFTWARE\Microsoft" is not there',
        r"HKLM\SOFTWARE\Microsoft is there",
    ),
    "process": ((), 'Then the process "a.exe" is running', "a.exe does not run"),
    "no process": ((), 'Then the process "services.exe" is not running', "services.exe runs"),
    "restart": (
        ("When the user restarts the device",),
        "Then the device has not restarted",
        "the device has restarted 1 times",
    ),
    "no restart": ((), "Then the device restarts within 1 hour", "the device has not restarted within 1 h"),
    "toast": (
        SYNCED,
        'Then "Ada" sees the failure toast',
        "Ada was not shown the failure toast, but: download, success",
    ),
    "toast in time": (
        SYNCED,
        'Then "Ada" sees the failure toast within 5 s',
        "Ada is not shown the failure toast within 5 s",
    ),
    "no toast": (SYNCED, 'Then "Ada" does not see the success toast', "Ada was shown: download, success"),
    "order": (SYNCED, 'Then "Bob" sees the toasts success, download in that order', "Bob was shown: nothing"),
    "text": (
        SYNCED,
        'Then the success toast says "Hooray"',
        'the success toast does not say "Hooray", but:\n  Contoso Notes',
    ),
    "text of none": (SYNCED, 'Then the failure toast says "Oh"', "nobody was shown the failure toast"),
    "nobody": (SYNCED, "Then nobody sees a toast", "these were shown: ada: download, ada: success"),
    "report": (
        SYNCED,
        'Then "Contoso Notes" is reported as "failed"',
        "Contoso Notes is reported as installed, not failed",
    ),
    "no report": ((NOTES,), 'Then "Contoso Notes" is reported as "failed"', "nothing was reported about Contoso Notes"),
    "reported code": (
        SYNCED,
        'Then "Contoso Notes" is reported with the error 0x80070643',
        "Contoso Notes is reported with the error 0x00000000, not 0x80070643",
    ),
    "reported fields": (
        SYNCED,
        'Then the report about "Contoso Notes" holds\n  | Intent | 1 |',
        "assert {'Intent': '1'} == {'Intent': '3'}",
    ),
    "reports": (
        SYNCED,
        'Then the device has reported "Contoso Notes" twice',
        "Contoso Notes was reported 1 times, not 2",
    ),
    "silence": (SYNCED, 'Then nothing is reported about "Contoso Notes"', "Contoso Notes was reported 1 times"),
    "log": (SYNCED, 'Then the log "AppWorkload" says "moon"', 'AppWorkload.log does not say "moon"; its last lines:'),
    "silence of the log": (SYNCED, 'Then the log "AppWorkload" does not say "Win32App"', "AppWorkload.log says: "),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory, everything_is_loaded):
    """Return what is shown of each scenario, by its name; they are played in one run, since runs are slow."""
    folder = tmp_path_factory.mktemp("failures")
    scenarios = ["Feature: Failures"]
    for name, (before, step, _) in (MISTAKES | DIFFERENCES).items():
        scenarios += [f"  Scenario: {name}", *"\n".join((*before, step)).splitlines()]
    folder.joinpath("a.feature").write_text("\n".join(scenarios), encoding="utf-8")
    folder.joinpath("pytest.ini").write_text(f"[pytest]\nime_folder = {FIXTURES.as_posix()}", encoding="utf-8")
    folder.joinpath("test_every_failure.py").write_text(
        "from pytest_bdd import scenarios\nscenarios('a.feature')", encoding="utf-8"
    )
    result = folder / "result.xml"
    plugins = ("randomly", "cacheprovider", "xdist", "cov")
    off = [argument for plugin in plugins for argument in ("-p", f"no:{plugin}")]
    pytest.main([f"--rootdir={folder}", f"--junitxml={result}", "--import-mode=importlib", *off, str(folder)])
    cases = ET.parse(result).iter("testcase")  # noqa: S314 - pytest has just written it
    return {case.get("name"): "".join(failure.text or "" for failure in case.iter("failure")) for case in cases}


@pytest.mark.parametrize("name", [*MISTAKES, *DIFFERENCES])
def test_a_failed_step_says_what_is_wrong(failures, name):
    """The message, the step and its place; no Python."""
    _, step, message = (MISTAKES | DIFFERENCES)[name]
    shown = failures[f"test_{name.replace(' ', '_')}"]

    assert shown.startswith(message)
    *_, words, place = shown.rstrip().splitlines()
    assert f"    {step.splitlines()[0]}" == words
    file, _, line = place.rpartition(":")
    assert file.endswith("a.feature")
    assert step.splitlines()[0] == Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "Traceback" not in shown
    assert ".py:" not in shown


@pytest.mark.parametrize("option", ["--tb=short", "--tb=long", "--full-trace"])
def test_the_python_of_a_failed_step_can_be_asked_for(play, option):
    """By whoever writes steps."""
    shown = play(NOTES, 'Then "Contoso Notes" is failed', options=(option,))
    assert "steps/apps.py:" in shown.replace("\\", "/")
    assert "AssertionError: Contoso Notes is waiting for check-in, not failed" in shown


def test_errors_that_nobody_raised_on_purpose_keep_their_python(play, pytester):
    """They are bugs, and whoever mends them needs it."""
    pytester.makeconftest(
        """
        from pytest_bdd import when
        @when("it breaks")
        def it_breaks():
            return {}["key"]
        """
    )
    shown = play("When it breaks")
    assert "KeyError: 'key'" in shown
    assert "conftest.py" in shown


def test_an_assertion_without_a_message_shows_what_was_compared(play, pytester):
    """As pytest words it."""
    pytester.makeconftest(
        """
        from pytest_bdd import then
        @then("it is four")
        def it_is_four():
            assert 4 == 2 + 1
        """
    )
    assert play("Then it is four").startswith("assert 4 == (2 + 1)\n\n    Then it is four\n")


def test_an_assertion_that_says_nothing_is_named(play, pytester):
    """At least that much is known of it."""
    pytester.makeconftest(
        """
        from pytest_bdd import then
        @then("it is so")
        def it_is_so():
            raise AssertionError
        """
    )
    assert play("Then it is so").startswith("AssertionError\n\n    Then it is so\n")


def test_an_app_without_a_setup_program_is_named(play, pytester):
    """Nothing can be declared of what has no name."""
    pytester.makeconftest(
        """
        from harness import Win32App
        from pytest_bdd import given

        @given("a bare app")
        def bare_app(scene):
            scene.device.tenant.add(Win32App(id="1", display_name="Bare", install_command_line="x"))
        """
    )
    shown = play("Given a bare app", "And its setup program never ends")
    assert shown.startswith("the app 'Bare' names no setup program - give its JSON a setupFilePath")


def test_an_unknown_step_is_quoted(play):
    """With its line."""
    shown = play("When the moon rises")
    assert 'Step definition is not found: When "the moon rises". Line 3 in scenario "A scenario"' in shown
