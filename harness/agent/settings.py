"""Every interval, time limit and guess of the agent, named; one value of `AgentSettings` holds them.

"Observed" means seen in logs or registries of real devices, "documented" a page of learn.microsoft.com, "inferred"
that it follows from such evidence without being said, and "guess" that no source knows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from harness.agent.declared import DeclaredScripts
from harness.errors import UsageError

__all__ = ["AgentSettings", "LogThread", "draw"]


class LogThread(IntEnum):
    """The thread numbers in log lines; real ones differ with every run, ours are fixed so that logs compare."""

    EXECUTOR = 1
    WORKLOAD = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """How the agent behaves where time, limits and unknowns are concerned.

    Attributes:
        agent_version: what the agent calls itself; 1.101 is the newest engine that log samples show.
        startup_delay: before anything, after the service has started. Observed: 36 and 37 s; random on real devices.
        available_startup_delay: after that, before the first check-in for available apps. Observed: 119 s.
        required_startup_delay: the same for required apps. Observed: 147 to 278 s, 199 to 278 s in newer versions.
        sync_ends_startup_delay: whether a sync, a push or a user's request does not wait for those. Guess.
        check_in_interval: between two check-ins for required apps. Observed: 56 to 65 min around the documented hour.
        available_check_in_interval: the same for available apps. Documented: 8 h.
        re_evaluation_interval: how long the evaluation of an app stays good. Observed: `ReevaluationInterval` 480 min.
        grs_interval: how long an app that was enforced is not enforced again (global re-evaluation schedule).
            Documented: 24 h.
        full_report_interval: how long unchanged reports are held back. Guess; that they are is observed.
        max_attempts: installations per enforcement when the exit code means "retry". Documented: 3.
        retry_interval: between them. Documented: 5 min.
        default_max_run_time: for apps whose time limit is 0 on the wire. Documented default: 60 min.
        kills_on_timeout: whether an installer that outlives its time limit is ended. Inferred from "installer is
            running timeout, skip staged content clean up" and the portal's "unmonitored process is in progress": no.
        installers_inherit_variables: whether installers in the system context get the agent's own environment
            variables, which are as old as the computer's last start, so that what an earlier installer put on `Path` is
            not there yet. Documented of CreateProcess and of services that run as LocalSystem; that the agent gives no
            other block is a guess.
        elevates_user_installs: whether an administrator's installers in the user context get all rights. Inferred from
            the log line "Trying to get elevated token for user." and from what is documented of scripts: that those of
            a user with administrator rights run with them.
        prepares_msi_command_lines: whether msiexec gets `ALLUSERS=1` in the system context and
            `REBOOT=ReallySuppress /norestart` when restarts are suppressed. Inferred from one documented log line.
        adds_quiet_to_msi: whether msiexec also gets `/qn` when no user interface level is given. That line can be read
            either way; no is the safe reading, since a packager then sees that the switch is missing.
        pending_restart_excuses_detection: whether an app whose exit code asks for a restart may be undetected until
            then. Inferred from "reboot needed to complete the current app".
        download_overhead: what a download takes beside the transfer. Ours.
        foreground_download_limit: how long the agent waits for a foreground download. Observed: 12 h.
        background_download_limit: the same in the background. Observed: 30 min, 10 min in older versions.
        unpack_rate: of decryption and unpacking, in bytes a second. Ours.
        cleanup_delay: between the state of an app and the clean-up of its content. Observed: about 20 s.
        script_time: how long one detection or requirement script takes. Observed median: 2.5 s.
        script_time_limit: Observed: 3600 s.
        scripts: what PowerShell rules print and return.
        allow_restart_notice: how long before the restart the user is told, when restarts are allowed and the exit code
            asks for a hard one. Documented: 120 min.
        immediate_restart_delay: between the last report and a restart without grace. Guess.
        log_max_bytes: size at which a log file is rolled over. Observed: about 3 MB.
        log_max_history: how many rolled over files of a name are kept. Guess.
    """

    agent_version: str = "1.101.111.0"
    startup_delay: tuple[timedelta, timedelta] = (timedelta(seconds=36), timedelta(seconds=37))
    available_startup_delay: tuple[timedelta, timedelta] = (timedelta(seconds=119), timedelta(seconds=119))
    required_startup_delay: tuple[timedelta, timedelta] = (timedelta(seconds=199), timedelta(seconds=278))
    sync_ends_startup_delay: bool = True
    check_in_interval: tuple[timedelta, timedelta] = (timedelta(minutes=56), timedelta(minutes=65))
    available_check_in_interval: timedelta = timedelta(hours=8)
    re_evaluation_interval: timedelta = timedelta(minutes=480)
    grs_interval: timedelta = timedelta(hours=24)
    full_report_interval: timedelta = timedelta(days=7)
    max_attempts: int = 3
    retry_interval: timedelta = timedelta(minutes=5)
    default_max_run_time: timedelta = timedelta(minutes=60)
    kills_on_timeout: bool = False
    installers_inherit_variables: bool = True
    elevates_user_installs: bool = True
    prepares_msi_command_lines: bool = True
    adds_quiet_to_msi: bool = False
    pending_restart_excuses_detection: bool = True
    download_overhead: timedelta = timedelta(seconds=2)
    foreground_download_limit: timedelta = timedelta(hours=12)
    background_download_limit: timedelta = timedelta(minutes=30)
    unpack_rate: int = 50_000_000
    cleanup_delay: timedelta = timedelta(seconds=20)
    script_time: timedelta = timedelta(seconds=2, milliseconds=500)
    script_time_limit: timedelta = timedelta(seconds=3600)
    scripts: DeclaredScripts = field(default_factory=DeclaredScripts)
    allow_restart_notice: timedelta = timedelta(minutes=120)
    immediate_restart_delay: timedelta = timedelta(seconds=5)
    log_max_bytes: int = 3 * 1024 * 1024
    log_max_history: int = 4

    def __post_init__(self) -> None:
        """Check the numbers that nothing works without.

        Raises:
            UsageError: for a rate or a number of attempts below 1.
        """
        for name in ("max_attempts", "unpack_rate"):
            if getattr(self, name) < 1:
                raise UsageError(f"the agent's setting {name} is {getattr(self, name)} - give a number from 1 up")


def draw(seed: int, purpose: str, now: datetime, between: tuple[timedelta, timedelta]) -> timedelta:
    """Draw a duration: the same seed, purpose and time always give the same, and no state is kept between draws."""
    low, high = between
    source = random.Random(f"{seed} {purpose} {now.isoformat()}")  # noqa: S311 - jitter, nothing secret
    return low + (high - low) * source.random()
