r"""When an app is looked at again, and when it is tried again: re-evaluation and GRS, both kept in the registry.

`Win32Apps\<user>\GRS\<hash>` holds a time for each app, the value's name being the app's id, and the time of the last
evaluation. Source: keys of real devices (Get-GRSOrphans), documented 24 hours, logs for the lines. When the real agent
writes the times is not fully known; ours: an app that was enforced, or is as it should be, gets one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.agent.registryvalues import RegistryValues, from_wire_time, to_wire_time
from harness.agent.subgraphs import Subgraph
from harness.agent.toolbox import Toolbox

__all__ = ["EvaluationSchedule"]

_EVALUATED = "SubgraphEvaluationTimeUTC"
_LAST_CHECK_IN = "LastEvaluationCheckInTimeUTC"


class EvaluationSchedule:
    """The two schedules of one machine."""

    def __init__(self, tools: Toolbox) -> None:
        self._tools = tools

    def evaluated_at(self, user_id: str, subgraph: Subgraph) -> datetime | None:
        """Return when the apps were last looked at."""
        return from_wire_time(self._key(user_id, subgraph.hash).text(_EVALUATED) or "")

    def is_evaluation_due(self, user_id: str, subgraph: Subgraph, *, is_forced: bool) -> bool:
        """Return whether the apps are to be looked at, and log why.

        Args:
            user_id: whose apps.
            subgraph: the apps.
            is_forced: whether they are due whatever the interval says: asked for, a start time or deadline came, a
                restart settled something, an enforcement was cut off.
        """
        head, tail = "[Win32App][ReevaluationScheduleManager]", f"\nHash = {subgraph.hash}"
        log, before = self._tools.log.workload, self.evaluated_at(user_id, subgraph)
        if before is None:
            log(f"{head} Subgraph has no recorded reevaluation info which will be treated as expired.{tail}")
        elif is_forced:
            log(f"{head} Ignoring reevaluation interval for subgraph.{tail}")
        elif self._is_over(before, self._tools.settings.re_evaluation_interval):
            log(f"{head} Subgraph reevaluation interval is expired.{tail}")
        else:
            log(f"{head} Subgraph reevaluation interval is not expired.{tail}")
            return False
        return True

    def set_evaluated(self, user_id: str, subgraph: Subgraph) -> None:
        """Note that the apps are looked at now."""
        now = to_wire_time(self._tools.now())
        self._tools.log.workload(
            f"[Win32App][ReevaluationScheduleManager] Setting subgraph reevaluation time with value: {now} for "
            f"subgraph with hash {subgraph.hash}."
        )
        self._key(user_id, subgraph.hash).set(_EVALUATED, now)

    def log_evaluations(self, user_id: str, subgraphs: list[Subgraph]) -> None:
        """Log what is known of earlier evaluations, as the agent does before it begins."""
        head, log = "[Win32App][ReevaluationScheduleManager]", self._tools.log.workload
        last = self._tools.store.settings.text(_LAST_CHECK_IN)
        if last:
            log(f"{head} Found previous reevaluation check-in time value: {last}.")
        for subgraph in subgraphs:
            before = self.evaluated_at(user_id, subgraph)
            if before is None:
                log(f"{head} Did not find any previous subgraph reevaluation time at key {subgraph.hash}.", 2)
            else:
                text = to_wire_time(before)
                log(f"{head} Found previous subgraph reevaluation time value: {text} at key {subgraph.hash}.")

    def note_check_in(self) -> None:
        """Keep the time of the check-in that began an evaluation period."""
        now, log = self._tools.now(), self._tools.log.workload
        last = from_wire_time(self._tools.store.settings.text(_LAST_CHECK_IN) or "")
        interval = self._tools.settings.re_evaluation_interval
        if last is not None and not self._is_over(last, interval):
            log(
                "[Win32App][ReevaluationScheduleManager] Skip saving the last evaluation check-in time as the previous "
                f"evaluation check-in time is not expired.\nPrevious evaluation check-in time: {to_wire_time(last)}."
                f"\nCurrent evaluation check-in time: {to_wire_time(now)}."
                f"\nNext evaluation check-in time: {to_wire_time(last + interval)}."
            )
        else:
            self._tools.store.settings.set(_LAST_CHECK_IN, to_wire_time(now))

    def is_grs_expired(self, user_id: str, subgraph: Subgraph, app_id: str) -> bool:
        """Return whether an app may be enforced as far as the global re-evaluation schedule goes, and log it."""
        key, log = self._key(user_id, subgraph.hash), self._tools.log.workload
        path = rf"{user_id}\GRS\{subgraph.hash}"
        head, tail = f"[Win32App][GRSManager] App with id: {app_id}", f"\nHash = {subgraph.hash}"
        log(rf"[Win32App][GRSManager] Reading GRS values from storage path: {path}" + "\\.")
        found = from_wire_time(key.text(app_id) or "")
        if found is None:
            log(f"{head} has no recorded GRS value which will be treated as expired.{tail}")
            return True
        at = to_wire_time(found)
        log(rf"[Win32App][GRSManager] Found GRS value: {at} at key {path}\{app_id}.")
        if self._is_over(found, self._tools.settings.grs_interval):
            log(f"{head} is expired.{tail}\nGRSTimeUTC = {at}")
            return True
        if subgraph.is_requested:
            log(f"{head} is not expired but will be enforced due to targeting intent on the subgraph.{tail}")
            return True
        log(f"{head} is not expired.{tail}\nGRSTimeUTC = {at}")
        return False

    def save_grs(self, user_id: str, subgraph: Subgraph, app_ids: list[str]) -> None:
        """Note that apps were enforced, or found as they should be, now."""
        if not app_ids:
            return
        now, log = to_wire_time(self._tools.now()), self._tools.log.workload
        log("[Win32App][GRSManager] Saving GRS values to storage.")
        for app_id in app_ids:
            self._key(user_id, subgraph.hash).set(app_id, now)
            log(rf"[Win32App][GRSManager] Saved GRS value: {now} to path: {user_id}\GRS\{subgraph.hash}\{app_id}")

    def clear(self, user_id: str, subgraph: Subgraph, app_id: str) -> None:
        """Forget both times, so that the next check-in tries again; seen after a download that timed out."""
        self._tools.log.workload(
            "[Win32App][DownloadActionHandler] Clearing GRS and subgraph reevaluation time so the app can be enforced "
            "during the next check-in."
        )
        key = self._key(user_id, subgraph.hash)
        key.set(app_id, None)
        key.set(_EVALUATED, None)
        self._tools.log.workload(f"[Win32App][GRSManager] Cleared GRS value for app: {app_id} and user: {user_id}.")

    def scan(self, user_ids: list[str]) -> None:
        """Remove the times of groups that are long over: those of versions and assignments that are no more."""
        self._tools.log.workload("[Win32App][GRSManager] Scanning GRS storage for values to clean up.")
        limit = 2 * max(self._tools.settings.grs_interval, self._tools.settings.re_evaluation_interval)
        for user_id in user_ids:
            root = self._tools.store.apps.child(user_id).child("GRS")
            for name in root.names():
                key = root.child(name)
                texts = [str(value) for value in key.registry.values(key.key).values()]
                times = [time for time in map(from_wire_time, texts) if time is not None]
                if all(self._is_over(time, limit) for time in times):
                    key.delete()

    def _key(self, user_id: str, hash_: str) -> RegistryValues:
        return self._tools.store.apps.child(user_id).child("GRS").child(hash_)

    def _is_over(self, since: datetime, interval: timedelta) -> bool:
        """Return whether an interval has passed; a time in the future, from before the clock was set back, is void."""
        now = self._tools.now()
        return now < since.replace(microsecond=0) or now >= since + interval
