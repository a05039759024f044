"""Apps, rules, toasts, states and process rows: the questions their values answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.apps import ReturnCode, ReturnCodeType, Win32App
from harness.model.commands import ProcessInfo
from harness.model.rules import FileSystemRule, ProcessRule, RegistryRule, RuleType
from harness.model.states import (
    Applicability,
    EnforcementState,
    ErrorCode,
    ResultantAppState,
    as_hex,
    as_signed,
    hresult_from_exit_code,
)
from harness.model.toasts import ToastKind
from harness.model.windows import SYSTEM, View


class TestApps:
    """Win32 apps."""

    def test_rules_are_told_apart_by_what_they_decide(self):
        """Detection and requirement rules stand in one list."""
        detects = RegistryRule(key_path=r"HKLM\SOFTWARE\X")
        requires = ProcessRule(rule_type=RuleType.REQUIREMENT, process_name="x.exe")
        app = Win32App(id="1", display_name="X", install_command_line="x", rules=(detects, requires))

        assert ((detects,), (requires,)) == (app.detection_rules, app.requirement_rules)

    @pytest.mark.parametrize(
        ("exit_code", "expected"),
        [
            (0, ReturnCodeType.SUCCESS),
            (3010, ReturnCodeType.SOFT_REBOOT),
            (1641, ReturnCodeType.HARD_REBOOT),
            (1618, ReturnCodeType.RETRY),
            (1603, None),
        ],
    )
    def test_the_portals_return_codes_are_the_default(self, exit_code, expected):
        """What is not mapped has no meaning."""
        assert expected is Win32App(id="1", display_name="X", install_command_line="x").meaning_of(exit_code)

    def test_return_codes_match_signed_and_unsigned(self):
        """Administrators write -1 where Windows says 4294967295."""
        codes = (ReturnCode(return_code=-1, type=ReturnCodeType.RETRY),)
        app = Win32App(id="1", display_name="X", install_command_line="x", return_codes=codes)

        assert ReturnCodeType.RETRY is app.meaning_of(0xFFFFFFFF) is app.meaning_of(-1)


class TestRules:
    """Which half of Windows a rule looks at."""

    @pytest.mark.parametrize(("is_32_bit", "view"), [(False, View.VIEW_64), (True, View.VIEW_32)])
    def test_the_32_bit_box_chooses_the_view(self, is_32_bit, view):
        """For registry and files alike."""
        registry = RegistryRule(key_path=r"HKLM\X", check_32_bit_on_64_system=is_32_bit)
        files = FileSystemRule(path="C:\\", file_or_folder_name="x", check_32_bit_on_64_system=is_32_bit)

        assert (view, view) == (registry.view, files.view)


class TestProcessInfo:
    """Rows of the process table."""

    def test_the_name_is_the_last_part_of_the_path(self):
        """As Task Manager shows it."""
        row = ProcessInfo(
            pid=8,
            parent_pid=4,
            image_path=r"C:\Windows\System32\msiexec.exe",
            command_line="msiexec",
            account=SYSTEM,
            session_id=0,
            bits=64,
            started=datetime(2026, 1, 1, tzinfo=UTC),
        )

        assert "msiexec.exe" == row.name


class TestToasts:
    """Why a toast is shown."""

    def test_two_kinds_are_about_restarts(self):
        """They remain when an assignment shows only restart toasts."""
        about_restart = [kind for kind in ToastKind if kind.is_about_restart]

        assert [ToastKind.RESTART_REQUIRED, ToastKind.RESTART_COUNTDOWN] == about_restart


class TestStates:
    """Names and numbers on the wire."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Applicability.APPLICABLE, "Applicable"),
            (Applicability.MINIMUM_OS_VERSION_NOT_MET, "MinimumOSVersionNotMet"),
            (Applicability.MINIMUM_CPU_SPEED_NOT_MET, "MinimumCPUSpeedNotMet"),
            (EnforcementState.IN_PROGRESS_DOWNLOAD_COMPLETED, "InProgressDownloadCompleted"),
            (EnforcementState.ERROR_WITH_IMMEDIATE_RETRY, "ErrorWithImmeadiateRetry"),
        ],
    )
    def test_the_agents_spelling_is_kept(self, value, expected):
        """With its misspelling."""
        assert expected == value.wire_name

    @pytest.mark.parametrize(
        ("state", "graph", "label"),
        [
            (ResultantAppState.INSTALLED, "installed", "installed"),
            (ResultantAppState.NOT_INSTALLED, "notInstalled", "not installed"),
            (ResultantAppState.UNINSTALL_FAILED, "uninstallFailed", "uninstall failed"),
            (ResultantAppState.NOT_APPLICABLE, "notApplicable", "not applicable"),
        ],
    )
    def test_graph_and_people_have_their_words(self, state, graph, label):
        """One state, two spellings."""
        assert (graph, label) == (state.graph_name, state.label)

    def test_every_error_code_has_a_text(self):
        """As the portal shows it."""
        assert all(code.text.endswith(".") for code in ErrorCode)

    @pytest.mark.parametrize(("exit_code", "expected"), [(1, 0x80070001), (0xC0000142, 0x80070142), (-1, 0x8007FFFF)])
    def test_an_unmapped_exit_code_becomes_a_win32_result(self, exit_code, expected):
        """The low word counts."""
        assert expected == hresult_from_exit_code(exit_code)

    def test_codes_are_written_as_people_search_for_them(self):
        """Hex for people, signed for logs."""
        assert ("0x87D1041C", -2016345060) == (as_hex(0x87D1041C), as_signed(0x87D1041C))
        assert ("0xFFFFFFFF", -1) == (as_hex(-1), as_signed(-1))

    @settings(deadline=None)
    @given(st.integers(-(2**31), 2**32 - 1))
    def test_signed_and_unsigned_are_the_same_bits(self, code):
        """Nothing is lost in either form."""
        assert code & 0xFFFFFFFF == as_signed(code) & 0xFFFFFFFF == int(as_hex(code), 16)
        assert -(2**31) <= as_signed(code) < 2**31
