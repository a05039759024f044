"""The agent's log files."""

import re
from datetime import timedelta

from harness.agent.log import AgentLog
from harness.agent.settings import AgentSettings
from harness.formats.cmtrace import LogEntry, read_log
from tests.agent.stage import make_facts

LOGS = r"C:\ProgramData\Microsoft\IntuneManagementExtension\Logs"


def test_format(make_stage):
    """A line has local time with seven digits, an unpadded date, component, type and thread."""
    stage = make_stage(facts=make_facts(time_zone="Europe/Berlin"))
    stage.sync("1 s")
    text = stage.machine.files.read(rf"{LOGS}\AppWorkload.log").decode()
    first = text.split("\r\n")[0]
    tail = '<time="09:00:00.0000000" date="3-2-2026" component="AppWorkload" context="" type="2" thread="15" file="">'
    rule = "-" * 53
    assert f"<![LOG[[Win32App] {rule} Lock DoWorkInternal {rule} ]LOG]!>{tail}" == first


def test_every_line_reads(stage):
    """What is written reads as records, whatever the app is called."""
    stage.require(display_name="]LOG]!><time=\r\n<![LOG[ forged")
    stage.sync()
    for name in ("AppWorkload", "IntuneManagementExtension", "AppActionProcessor", "AgentExecutor"):
        text = stage.machine.files.read(rf"{LOGS}\{name}.log").decode()
        records = list(read_log(text.splitlines(keepends=True)))
        assert all(isinstance(record, LogEntry) and record.component == name for record in records)


def test_roll_over(make_stage):
    """A full file is set aside under its date and time; only so many are kept."""
    stage = make_stage(AgentSettings(log_max_bytes=20_000, log_max_history=2))
    stage.device.advance("12 h")
    names = [name for name in stage.machine.files.names(LOGS) if name.startswith("AppWorkload-")]
    assert 2 == len(names)
    assert all(re.fullmatch(r"AppWorkload-2026030\d-\d{6}\.log", name) for name in names)
    assert stage.machine.files.info(rf"{LOGS}\AppWorkload.log").size_bytes < 30_000


def test_lines_are_written_together(stage):
    """Lines wait until the instant is over, and no longer."""
    log = AgentLog(stage.machine, AgentSettings())
    log.workload("one")
    log.workload("two", 3)
    assert not stage.machine.files.exists(rf"{LOGS}\AppWorkload.log")
    stage.device.advance(timedelta())
    assert [("one", 1), ("two", 3)] == [(entry.message, entry.type) for entry in stage.device.log("AppWorkload")]


def test_broken_disk(stage):
    """A log that cannot be written does not stop the agent."""
    stage.machine.files.write(LOGS, b"a file where the folder should be")
    app = stage.require()
    stage.sync()
    assert "installed" == stage.device.status(app).words


def test_flush(stage):
    """What waits can be written at once."""
    log = AgentLog(stage.machine, AgentSettings())
    log.executor("now")
    log.flush()
    assert ["now"] == stage.lines("AgentExecutor")
