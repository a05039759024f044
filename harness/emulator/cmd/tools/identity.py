"""`whoami.exe` and `hostname.exe`.

Source: learn.microsoft.com, "whoami" and "hostname"; layout from memory.
"""

from __future__ import annotations

from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated

__all__ = ["hostname", "whoami"]


async def hostname(run: ProgramRun) -> int:
    """Show the computer's name."""
    if run.arguments:
        run.print_error("sethostname: Use the Network Control Panel Applet to set hostname.")
        run.print_error("hostname -s is not supported.")
        return 1
    run.print(run.machine.facts.name)
    return 0


async def whoami(run: ProgramRun) -> int:
    """Show whose rights the process has; `/user` shows the security identifier too.

    Raises:
        NotEmulated: for what else can be shown.
    """
    name = str(run.info.account).lower()
    words = [word.lower() for word in run.arguments]
    if not words:
        run.print(name)
        return 0
    forms = [words[index + 1] for index, word in enumerate(words[:-1]) if word == "/fo"]
    if words[0] not in ("/user", "-user"):
        raise NotEmulated(f"whoami {words[0]}", where=run.command_line, hint="use whoami or whoami /user")
    _show_user(run, name, forms[0] if forms else "table", has_header="/nh" not in words)
    return 0


def _show_user(run: ProgramRun, name: str, form: str, *, has_header: bool) -> None:
    sid = run.info.account.sid
    if form == "csv":
        if has_header:
            run.print('"User Name","SID"')
        run.print(f'"{name}","{sid}"')
        return
    if has_header or form == "list":
        run.print("\r\nUSER INFORMATION\r\n----------------\r\n")
    if form == "list":
        run.print(f"User Name: {name}\r\nSID:       {sid}")
        return
    widths = max(len(name), len("User Name")), max(len(sid), len("SID"))
    if has_header:
        run.print(f"{'User Name':<{widths[0]}} {'SID':<{widths[1]}}")
        run.print(f"{'=' * widths[0]} {'=' * widths[1]}")
    run.print(f"{name:<{widths[0]}} {sid}")
