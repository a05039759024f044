"""Groups of apps that are evaluated together; without relations between apps, each is a group of its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.formats import wirenumbers as wire
from harness.model.assignments import AppPolicy

__all__ = ["Subgraph", "build_subgraphs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgraph:
    """Apps that belong together.

    Attributes:
        policies: the apps, in the order of the policy.
        is_enforceable: False when apps are only detected, as available ones are that nobody asked for.
        is_requested: whether the user asked for it, which schedules do not hold up.
        hash: what the registry keeps schedules by: 44 characters of base64, as seen.
    """

    policies: tuple[AppPolicy, ...]
    is_enforceable: bool = True
    is_requested: bool = False
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute the hash, once.

        What the real agent hashes is not known. Ours is the SHA-256 of one line for each app, sorted: id, version and
        number of the intent with `|` between them. So a new version or intent starts afresh, and nothing else does.
        """
        lines = sorted(
            f"{policy.app.id.lower()}|{policy.app.version}|{wire.INTENTS[policy.assignment.intent]}"
            for policy in self.policies
        )
        digest = hashlib.sha256("\n".join(lines).encode()).digest()
        object.__setattr__(self, "hash", base64.b64encode(digest).decode())

    @property
    def app_ids(self) -> str:
        """The ids of the apps, as the log lists them."""
        return ", ".join(policy.app.id for policy in self.policies)


def build_subgraphs(
    policies: Iterable[AppPolicy], *, is_enforceable: bool = True, requested: Sequence[str] = ()
) -> list[Subgraph]:
    """Put apps into groups, in the order of the policy.

    Args:
        policies: the apps.
        is_enforceable: whether they may be installed without being asked for.
        requested: ids of the apps the user asked for.
    """
    wanted = {app_id.casefold() for app_id in requested}
    return [
        Subgraph(
            policies=(policy,),
            is_enforceable=is_enforceable or policy.app.id.casefold() in wanted,
            is_requested=policy.app.id.casefold() in wanted,
        )
        for policy in policies
    ]
