"""`winreg` used from several threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.windows import SYSTEM, Token

THREADS = 4
ROUNDS = 60


@pytest.fixture(autouse=True)
def frequent_switches() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_nothing_is_lost(machine: EmulatedMachine) -> None:
    """What every thread makes and writes is there, though all do it in the same key and through several programs."""
    programs = [machine.winreg_for(Token(account=SYSTEM)) for _ in range(THREADS)]

    def work(number: int) -> None:
        winreg = programs[number]
        for round_ in range(ROUNDS):
            with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\Contoso\{round_}") as key:
                winreg.SetValueEx(key, str(number), 0, winreg.REG_DWORD, number)
                winreg.SetValue(key, str(number), winreg.REG_SZ, "text")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))

    winreg = machine.winreg
    for round_ in range(ROUNDS):
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\Contoso\{round_}") as key:
            assert (THREADS, THREADS) == winreg.QueryInfoKey(key)[:2]


def test_reading_while_others_write(winreg: ModuleType, key: object) -> None:
    """A reader sees the old or the new value and a whole list, never something between."""
    winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "0" * 100)
    winreg.CreateKey(key, "stays").Close()

    def write(number: int) -> set[object]:
        for _ in range(ROUNDS):
            winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, str(number) * 100)
            winreg.CreateKey(key, f"comes and goes {number}").Close()
            winreg.DeleteKey(key, f"comes and goes {number}")
        return set()

    def read(_: int) -> set[object]:
        seen: set[object] = set()
        for _ in range(ROUNDS):
            seen.add(winreg.QueryValueEx(key, "x")[0])
            seen.add(winreg.EnumValue(key, 0)[1])
            with winreg.OpenKey(key, "stays") as stays:
                assert (0, 0) == winreg.QueryInfoKey(stays)[:2]
            assert winreg.QueryInfoKey(key)[0] in (1, 2, 3)
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [pool.submit(work, number) for number, work in enumerate((write, write, read, read))]
        seen = set().union(*(job.result() for job in jobs))

    assert {str(number) * 100 for number in (0, 1)} >= seen
    assert 1 == winreg.QueryInfoKey(key)[0]


def test_handles_have_different_numbers(winreg: ModuleType, key: object) -> None:
    """No two handles share a number."""

    def numbers(_: int) -> list[tuple[object, int]]:
        handles = [winreg.OpenKey(key, None) for _ in range(ROUNDS)]
        return [(handle, int(handle)) for handle in handles]

    with ThreadPoolExecutor(THREADS) as pool:
        found = [number for some in pool.map(numbers, range(THREADS)) for _, number in some]

    assert THREADS * ROUNDS == len(set(found))
