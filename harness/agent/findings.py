"""What looking at a rule found: the evidence for every verdict, and what the log says about it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.rules import Rule

__all__ = ["Evidence", "Finding", "LogNote"]

#: One line of the agent's log about a rule: its type (1 information, 2 warning, 3 error) and its text.
LogNote = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    r"""Where a rule looked and what was there.

    Attributes:
        wanted: what the rule asks for, for example `version >= 5.2`.
        where: where it was looked for, with the view: `HKEY_LOCAL_MACHINE\SOFTWARE\Contoso (64-bit view)`.
        found: what was there, in words: `5.1`, `no such key`.
        actual: the value that was compared; None when there was none.
    """

    wanted: str
    where: str
    found: str
    actual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict of one rule with its evidence.

    Attributes:
        rule: the rule.
        is_met: whether it holds; False as well when the rule cannot be evaluated.
        evidence: what it rests on.
        problem: why the rule cannot be evaluated at all (the agent then fails with 0x87D30004); None otherwise.
        is_unreadable: whether a requirement script printed something that is not what the rule reads it as; the agent
            then reports another code than for an unmet script.
        notes: what the agent's log says while it looks.
    """

    rule: Rule
    is_met: bool
    evidence: Evidence
    problem: str | None = None
    is_unreadable: bool = False
    notes: tuple[LogNote, ...] = ()

    def __str__(self) -> str:
        verdict = "met" if self.is_met else "not met"
        return f"{verdict}: {self.evidence.wanted} in {self.evidence.where}; found: {self.evidence.found}"
