"""How services are written down in the registry."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.serviceconfig import (
    ServiceConfig,
    config_of,
    recovery_of,
    recovery_values,
    registry_values,
)
from harness.model.names import folded
from harness.model.services import Recovery, RecoveryAction, StartType
from harness.model.windows import RegistryType, RegistryValue

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def key(**values):
    """Return the values of a key as its image has them."""
    return {
        folded(name): (name, value if isinstance(value, RegistryValue) else RegistryValue.of(value))
        for name, value in values.items()
    }


def as_key(values):
    """Return written values as the image of their key has them."""
    return {folded(name): (name, value) for name, value in values.items() if value is not None}


def test_a_configuration_reads_back_as_it_was_written():
    """Every value of it."""
    config = ServiceConfig(
        name="Contoso",
        display_name="Contoso Service",
        start_type=StartType.AUTOMATIC,
        is_delayed=True,
        image_path=r"%ProgramFiles%\Contoso\svc.exe -k",
        object_name=r".\svc",
        depends_on=("RpcSs", "Tcpip"),
        groups_needed=("TDI",),
        group="NetworkProvider",
    )

    assert config == config_of("Contoso", as_key(registry_values(config)))


def test_what_is_not_needed_is_not_written():
    """No empty lists, no zero for a service that is not delayed."""
    config = ServiceConfig(name="C", display_name="C", start_type=StartType.MANUAL, image_path="c.exe")

    values = registry_values(config)

    assert {"DependOnService", "DependOnGroup", "DelayedAutostart", "Group"} == {
        name for name, value in values.items() if value is None
    }
    assert RegistryType.REG_EXPAND_SZ is values["ImagePath"].type


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"Start": 2},
        {"Type": 0x10},
        {"Type": 0x10, "Start": 9},
        {"Type": 0x4, "Start": 2},
        {"Type": "own", "Start": 2},
        {"Type": 0x10, "Start": "2"},
    ],
)
def test_other_keys_are_no_services(values):
    """Performance counters, network adapters, and whatever somebody wrote there."""
    assert config_of("X", key(**values)) is None


def test_values_of_another_type_count_as_missing():
    """The registry is not trusted."""
    config = config_of("X", key(Type=0x20, Start=3, ImagePath=7, DependOnService="RpcSs", DisplayName=b"x"))

    assert ("", (), "X", True) == (config.image_path, config.depends_on, config.display_name, config.shares_process)


@pytest.mark.parametrize(
    ("kind", "start", "delayed", "expected"),
    [(0x10, 2, 0, (False, True)), (0x10, 2, 1, (False, False)), (0x10, 3, 0, (False, False)), (1, 2, 0, (True, True))],
)
def test_what_starts_with_the_machine(kind, start, delayed, expected):
    """Automatic, and not delayed; drivers are told apart."""
    config = config_of("X", key(Type=kind, Start=start, DelayedAutostart=delayed))

    assert expected == (config.is_driver, config.is_automatic)


class TestRecovery:
    """`FailureActions`, in the layout that Windows keeps."""

    def test_the_bytes_are_those_of_windows(self):
        """A day; restart after a minute, twice, then nothing: as services.msc writes it."""
        restart = (RecoveryAction.RESTART_SERVICE, MINUTE)
        recovery = Recovery(actions=(restart, restart, (RecoveryAction.NONE, timedelta())), reset_after=DAY)

        assert (
            "80510100000000000000000003000000140000000100000060ea00000100000060ea00000000000000000000"
            == recovery_values(recovery)["FailureActions"].data.hex()
        )

    @settings(deadline=None, max_examples=50)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(RecoveryAction), st.integers(0, 2**32 - 1).map(lambda n: timedelta(milliseconds=n))
            ),
            min_size=1,
            max_size=5,
        ),
        st.none() | st.integers(0, 2**32 - 2).map(lambda n: timedelta(seconds=n)),
        st.sampled_from(["", "notify.exe /failed"]),
    )
    def test_it_reads_back_as_it_was_written(self, actions, reset_after, command):
        """To the millisecond."""
        recovery = Recovery(actions=tuple(actions), reset_after=reset_after, command=command)

        assert recovery == recovery_of(as_key(recovery_values(recovery)))

    def test_durations_that_do_not_fit_are_cut(self):
        """A DWORD of milliseconds is 49 days."""
        recovery = Recovery(actions=((RecoveryAction.RESTART_SERVICE, timedelta(days=100)),), reset_after=-DAY)

        read = recovery_of(as_key(recovery_values(recovery)))

        assert (timedelta(milliseconds=2**32 - 1), timedelta()) == (read.actions[0][1], read.reset_after)

    @pytest.mark.parametrize(
        "data",
        [
            "text",
            b"",
            b"\0" * 19,
            bytes.fromhex("00000000" * 3 + "00000000" + "14000000"),
            bytes.fromhex("00000000" * 3 + "ff000000" + "14000000" + "0100000000000000"),
            bytes.fromhex("00000000" * 3 + "01000000" + "14000000" + "0900000000000000"),
            bytes.fromhex("00000000" * 3 + "01000000" + "ffffffff" + "0100000000000000"),
        ],
    )
    def test_what_makes_no_sense_says_nothing(self, data):
        """Too short, no actions, more than there are, unknown ones."""
        assert recovery_of(key(FailureActions=data)) is None

    def test_without_an_offset_the_actions_follow_the_header(self):
        """As some installers write it."""
        data = bytes.fromhex("00000000" * 3 + "01000000" + "00000000" + "0100000000000000")

        assert ((RecoveryAction.RESTART_SERVICE, timedelta()),) == recovery_of(key(FailureActions=data)).actions
