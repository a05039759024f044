"""A time axis on which a second and a day can both be seen.

Time between two things is drawn by its logarithm, so short steps keep a visible width; a long time in which nothing
happens is cut out, and the cut is marked with how long it was.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Cut", "TimeAxis"]

#: Nothing happening for longer than this is cut out.
_LONG = timedelta(minutes=8)

#: Cuts never take more than this part of the width.
_MOST_FOR_CUTS = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stretch of the axis that stands for a long wait: its two ends in pixels, and roughly its length."""

    left: float
    right: float
    label: str

    @property
    def middle(self) -> float:
        """Where the label goes."""
        return (self.left + self.right) / 2


class TimeAxis:
    """Places moments between two pixel positions, in order.

    Args:
        moments: what must be on the axis, in any order; at least one.
        left: the position of the first moment.
        right: the position of the last one.
        cut_width: how wide a cut is, in pixels, while there is room.
    """

    def __init__(self, moments: Sequence[datetime], *, left: float, right: float, cut_width: float = 72) -> None:
        self._moments = sorted(set(moments))
        gaps = [later - earlier for earlier, later in zip(self._moments, self._moments[1:], strict=False)]
        widths = _widths(gaps, right - left, cut_width)
        self._positions = [left]
        for width in widths:
            self._positions.append(self._positions[-1] + width)
        self.cuts = tuple(
            Cut(left=self._positions[i], right=self._positions[i + 1], label=_roughly(gap))
            for i, gap in enumerate(gaps)
            if gap > _LONG
        )

    def x(self, moment: datetime) -> float:
        """Return the position of a moment; what lies outside is put at the nearer end."""
        i = bisect_right(self._moments, moment) - 1
        if i < 0:
            return self._positions[0]
        if i >= len(self._moments) - 1:
            return self._positions[-1]
        part = (moment - self._moments[i]) / (self._moments[i + 1] - self._moments[i])
        return self._positions[i] + part * (self._positions[i + 1] - self._positions[i])

    def landmarks(self) -> list[datetime]:
        """Return the moments worth a label, the most important first: both ends, the edges of cuts, the others."""
        edges = []
        for earlier, later in zip(self._moments, self._moments[1:], strict=False):
            if later - earlier > _LONG:
                edges += [later, earlier]
        return list(dict.fromkeys([self._moments[0], *edges, self._moments[-1], *self._moments]))


def _roughly(wait: timedelta) -> str:
    """Write a wait in one unit: a cut is narrow, and its ends are labelled."""
    days, hours = wait / timedelta(days=1), wait / timedelta(hours=1)
    if days >= 2:  # noqa: PLR2004 - up to then hours say more
        return f"{days:.0f} d"
    return f"{hours:.0f} h" if hours >= 1.5 else f"{wait / timedelta(minutes=1):.0f} min"  # noqa: PLR2004 - as above


def _widths(gaps: Sequence[timedelta], room: float, cut_width: float) -> list[float]:
    cuts = sum(gap > _LONG for gap in gaps)
    per_cut = min(cut_width, room * _MOST_FOR_CUTS / cuts) if cuts else 0.0
    weights = [0.0 if gap > _LONG else math.log1p(2 * gap.total_seconds()) for gap in gaps]
    total = sum(weights)
    if not total:
        return [room / len(gaps) for _ in gaps]
    scale = (room - cuts * per_cut) / total
    return [per_cut if gap > _LONG else weight * scale for gap, weight in zip(gaps, weights, strict=True)]
