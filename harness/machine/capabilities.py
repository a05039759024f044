"""What can be done with one machine and not with another; checks and scenarios say what they need."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Capability"]


class Capability(StrEnum):
    """Something that not every machine can do; the value reads on after "this machine has no ..."."""

    VIRTUAL_TIME = "time that can be advanced"
    WOW64 = "32-bit half beside a 64-bit one"
    RESTART = "restart that the test survives"
    SLEEP = "sleep that a test can end"
    POWER_LOSS = "way to cut its power"
    USERS = "users who sign in and out at a test's word"
    OTHER_ACCOUNTS = "way to act as another account"
    SERVICES = "services that a test may install"
    TASKS = "tasks that a test may schedule"
    TOASTS = "toasts that a test sees"
    SCRIPTED_USER = "user who answers as told"
    NETWORK_CONTROL = "network that a test may cut"
    LINKS = "right to make links"
    WALL_CLOCK = "wall clock that a test may move"
