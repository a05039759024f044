"""`ping.exe`, which batch files use to wait.

Source: learn.microsoft.com, "ping"; layout from memory. One reply a second, the first one at once.
"""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, ip_address

from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated

__all__ = ["ping"]

_SECOND = timedelta(seconds=1)
_USUAL_WAIT_MS = 4000
_TAKES_VALUE = ("n", "l", "i", "v", "r", "s", "j", "k", "w", "c")
#: Addresses for documentation, at which nobody answers (RFC 5737), and the one of an adapter without a network.
_NOBODY = (IPv4Network("192.0.2.0/24"), IPv4Network("198.51.100.0/24"), IPv4Network("203.0.113.0/24"))


async def ping(run: ProgramRun) -> int:
    """Send so many echo requests (`-n`) and show what comes back.

    Raises:
        NotEmulated: for other computers, of which nobody knows whether they answer.
    """
    options, host = _read(run)
    count, size, wait = options.get("n", 4), options.get("l", 32), options.get("w", _USUAL_WAIT_MS)
    if host is None:
        run.print("IP address must be specified.")
        return 1
    address = _address(run, host)
    if address is None:
        if run.machine.network.status.is_online:
            raise NotEmulated(
                f"whether {host} answers a ping",
                where=run.command_line,
                hint="ping 127.0.0.1, or disconnect the machine's network",
            )
        run.print(f"Ping request could not find host {host}. Please check the name and try again.")
        return 1
    shown = host if host == address else f"{host} [{address}]"
    run.print(f"\r\nPinging {shown} with {size} bytes of data:")
    if ip_address(address).is_loopback:
        await _replies(run, address, count, size)
        return 0
    run_is_online = run.machine.network.status.is_online
    for _ in range(count):
        if run_is_online:
            await run.sleep(timedelta(milliseconds=wait))
        run.print("Request timed out." if run_is_online else "PING: transmit failed. General failure. ")
    _show_statistics(run, address, count, 0)
    return 1


async def _replies(run: ProgramRun, address: str, count: int, size: int) -> None:
    time = "" if ":" in address else f"bytes={size} "
    life = "" if ":" in address else " TTL=128"
    for number in range(count):
        if number:
            await run.sleep(_SECOND)
        run.print(f"Reply from {address}: {time}time<1ms{life}")
    _show_statistics(run, address, count, count)
    run.print("Approximate round trip times in milli-seconds:")
    run.print("    Minimum = 0ms, Maximum = 0ms, Average = 0ms")


def _show_statistics(run: ProgramRun, address: str, sent: int, received: int) -> None:
    lost = sent - received
    share = lost * 100 // sent if sent else 0
    run.print(f"\r\nPing statistics for {address}:")
    run.print(f"    Packets: Sent = {sent}, Received = {received}, Lost = {lost} ({share}% loss),")


def _read(run: ProgramRun) -> tuple[dict[str, int], str | None]:
    options: dict[str, int] = {}
    host: str | None = None
    words = iter(run.arguments)
    for word in words:
        letter = word[1:].lower()
        if not word.startswith(("-", "/")):
            host = word
        elif letter == "t":
            options["n"] = 2**31 - 1
        elif letter in _TAKES_VALUE:
            value = next(words, "")
            if letter in ("n", "l", "w"):
                if not re.fullmatch(r"\d{1,9}", value):
                    raise NotEmulated(
                        f"ping {word} {value}", where=run.command_line, hint="give a number of at most nine digits"
                    )
                options[letter] = int(value)
    return options, host


def _address(run: ProgramRun, host: str) -> str | None:
    """Return the address of this computer, or one at which nobody answers; None for any other."""
    name = host.lower()
    if name in ("localhost", run.machine.facts.name.lower()):
        return "::1" if "-4" not in run.arguments and name == "localhost" else "127.0.0.1"
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if address.is_loopback:
        return str(address)
    is_nobody = isinstance(address, IPv4Address) and any(address in network for network in _NOBODY)
    return str(address) if is_nobody or not run.machine.network.status.is_online else None
