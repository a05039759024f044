"""How checks let somebody visit the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.machine.contract.check import Examinee
from harness.machine.ports import Machine, Session
from harness.model.names import folded
from harness.model.windows import Account

__all__ = ["signed_in", "session_of"]


@contextmanager
def signed_in(machine: Examinee, account: Account) -> Iterator[Session]:
    """Sign a user in, and out afterwards if they are still there; whoever was at the screen comes back to it."""
    before = [one.account for one in machine.sessions.signed_in() if one.is_active]
    session = machine.people.sign_in(account)
    try:
        yield session
    finally:
        if session_of(machine, account):
            machine.people.sign_out(account)
        for other in before:
            if session_of(machine, other):
                machine.people.sign_in(other)


def session_of(machine: Machine, account: Account) -> Session | None:
    """Return a user's session as it is now; None when the user is not signed in."""
    return next((one for one in machine.sessions.signed_in() if folded(one.account.sid) == folded(account.sid)), None)
