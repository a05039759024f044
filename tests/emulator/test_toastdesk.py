"""The screen that the exam asks about toasts."""

from datetime import UTC, datetime

from harness.emulator.clock import VirtualClock
from harness.emulator.examinee import EmulatedExaminee
from harness.machine.contract import toastanswers, toasts
from harness.machine.contract.check import Check, Examinee
from harness.machine.contract.toastdesk import ToastDesk, setting, toast_xml
from harness.model.windows import RegistryPath, RegistryValue


def test_the_exam_can_be_sat_where_nobody_was_signed_in(facts):
    """Somebody signs in; every question is asked and answered."""
    with EmulatedExaminee(facts, VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC))) as machine:
        examinee: Examinee = machine
        desk: ToastDesk = machine.toast_desk
        questions = [
            thing for part in (toasts, toastanswers) for thing in vars(part).values() if isinstance(thing, Check)
        ]

        for check in questions:
            check(examinee)

        assert len(questions) >= 40
        assert "exam" == desk.session.account.name
        assert () == machine.toasts.on_screen


def test_settings_are_put_back(facts):
    """Values, and keys that were not there."""
    with EmulatedExaminee(facts, VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC))) as machine:
        sid = machine.toast_desk.session.account.sid
        key = RegistryPath.parse(r"HKCU\SOFTWARE\Contoso").of_user(sid)
        with setting(machine, r"SOFTWARE\Contoso\Deep\Er", "x", 1):
            assert machine.registry.exists(key)
        assert not machine.registry.exists(key)

        machine.registry.set(key, "x", RegistryValue.of("before"))
        for name, before in (("x", RegistryValue.of("before")), ("y", None)):
            with setting(machine, r"SOFTWARE\Contoso", name, "during"):
                assert RegistryValue.of("during") == machine.registry.get(key, name)
            assert before == machine.registry.get(key, name)


def test_the_xml_of_the_exam():
    """A toast of one line unless more is said."""
    assert "<text>Hello</text>" in toast_xml()
    assert toast_xml(scenario="alarm").startswith('<toast scenario="alarm"><visual>')
