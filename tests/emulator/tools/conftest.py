"""A machine whose tools are run from the command line."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import local_account
from harness.model.commands import Command
from harness.model.windows import SYSTEM
from tests.emulator.tools.cases import said


@pytest.fixture
def bob():
    """Give an administrator of the computer."""
    return local_account("bob", "PC-042", is_administrator=True)


@pytest.fixture
def run(machine):
    """Give a function that runs a command line as SYSTEM, or somebody else, and returns how it ended."""

    def run(line, *, account=SYSTEM, takes=timedelta(seconds=1), **settings):
        command = Command(**{"command_line": line, "working_directory": "C:\\", "account": account} | settings)
        process = machine.processes.start(command)
        machine.clock.advance(takes)
        return process.exit

    return run


@pytest.fixture
def check(run):
    """Give a function that runs a case and compares all of what came out."""

    def check(case, **settings):
        for line in case.before:
            run(line)
        assert (case.out, case.err, case.code) == said(run(case.line, **settings))

    return check


@pytest.fixture
def as_user(machine, ada, run):
    """Give a function that runs a command line as a standard user who is signed in."""
    session = machine.sessions.sign_in(ada)

    def as_user(line, **settings):
        return run(line, account=ada, session_id=session.id, **settings)

    return as_user
