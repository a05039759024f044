"""The power switch: restart, shutdown, sleep, hibernation, and power that fails at any instant.

Source, where nothing else is said: learn.microsoft.com, "System Power States", "shutdown" (/hybrid), "Windows Time";
ntoskrnl's KeSetSystemTime as ReactOS has it (the boot time moves with the wall clock). How long things take is a guess.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from harness.durations import format_duration
from harness.emulator.boot import start_windows
from harness.emulator.clock import VirtualTask
from harness.emulator.frozen import MachineSnapshot
from harness.emulator.powerloss import PowerLoss, Unflushed
from harness.emulator.powerstate import SESSION_POWER, BootType, PowerState, starts_fast
from harness.emulator.shutdowns import ShutdownKind, ShutdownRequest, Shutdowns
from harness.errors import UsageError
from harness.machine.moments import aware, lasting
from harness.model.windows import Account, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["BootType", "EmulatedPower", "PowerState", "Unflushed"]


class EmulatedPower:
    """The power switch of an emulated machine; fulfils the `Power` port.

    Attributes:
        boot_duration: from the end of the last process, or from the button, to the start of the first service. A guess.
        resume_duration: from the button to the screen after a fast startup or hibernation. A guess.
        signs_in_again: how long after a start the user who was active signs in again; None for nobody. This is what
            the scripted user does; a real person takes their time.
        power_returns_after: how long the power is away when it fails and nobody says; None for until `turn_on`.
        unflushed: what becomes of the last seconds' writes when the power fails.
        is_on_battery: whether the machine runs on its battery.
        battery_percent: how full that is; None for a machine without one.
        state: what the machine is at the moment.
        boot_type: how Windows last came up.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.boot_duration = timedelta(seconds=60)
        self.resume_duration = timedelta(seconds=15)
        self.signs_in_again: timedelta | None = timedelta(seconds=60)
        self.power_returns_after: timedelta | None = timedelta()
        self.is_on_battery = False
        self.battery_percent: int | None = None
        self.state = PowerState.ON
        self.boot_type = BootType.FULL
        self._machine = machine
        self._booted = machine.clock.elapsed()
        self._shutdowns = Shutdowns(machine, self._go_down)
        self._loss = PowerLoss(machine)
        self._user: Account | None = None
        self._keeps_kernel = False
        self._was_cut = False
        # What the world outside does about the machine at the moment: lets it boot, or wakes it.
        self._outside: VirtualTask[None] | None = None
        machine.clock.jumped = self._tell_jump

    # What it is

    @property
    def is_down(self) -> bool:
        """Whether Windows is not there: off, or on its way up."""
        return self.state in (PowerState.OFF, PowerState.STARTING)

    @property
    def is_awake(self) -> bool:
        """Whether Windows runs."""
        return self.state is PowerState.ON

    @property
    def is_settling(self) -> bool:
        """Whether something is still to come of a start: the boot itself, or the user who signs in again."""
        return self._outside is not None and not self._outside.finished.is_set

    @property
    def uptime(self) -> timedelta:
        """The time since the last full boot, asleep or not, as GetTickCount64 has it."""
        return self._machine.clock.elapsed() - self._booted

    @property
    def booted_at(self) -> datetime:
        """When the machine was last started from scratch.

        It moves with the wall clock when that is set, and a fast startup or a hibernation is no start.
        """
        return self._machine.clock.now() - self.uptime

    @property
    def pending(self) -> ShutdownRequest | None:
        """The restart or shutdown that is asked for; None when none is."""
        return self._shutdowns.pending

    @property
    def restart_due_in(self) -> timedelta | None:
        """How long until the restart or shutdown that is asked for; None when none is."""
        return self._shutdowns.due_in

    @property
    def fast_startup(self) -> bool:
        """Whether shutting down keeps the kernel for the next start: on by default on clients, off on servers.

        It is what the registry says (`HiberbootEnabled`), and needs hibernation (`HibernateEnabled`).
        """
        return starts_fast(self._machine.registry, self._machine.facts)

    @fast_startup.setter
    def fast_startup(self, is_on: bool) -> None:
        self._machine.registry.set(SESSION_POWER, "HiberbootEnabled", RegistryValue.of(int(is_on)))

    @property
    def unflushed(self) -> Unflushed:
        """What becomes of the last seconds' writes when the power fails."""
        return self._loss.unflushed

    @unflushed.setter
    def unflushed(self, value: Unflushed) -> None:
        self._loss.unflushed = value

    # Restarting and shutting down

    def restart(self, reason: str, delay: timedelta = timedelta()) -> None:
        """Restart after the delay. Every process and service of this boot ends; automatic services start again.

        Of two requests the earlier one counts, the other is dropped; `initiate` tells the second one.

        Raises:
            MachineError: 1115 while the machine is down.
        """
        self._shutdowns.ask(ShutdownRequest(kind=ShutdownKind.RESTART, reason=reason, delay=delay))

    def shut_down(self, reason: str, delay: timedelta = timedelta(), *, hybrid: bool = True) -> None:
        """Shut down after the delay, as the Start menu does: with fast startup the kernel and services are kept.

        Args:
            reason: why.
            delay: how long from now.
            hybrid: False for a full shutdown whatever the setting says, as `shutdown /s` without `/hybrid` does.

        Raises:
            MachineError: 1115 while the machine is down.
        """
        kind = ShutdownKind.SHUT_DOWN
        self._shutdowns.ask(ShutdownRequest(kind=kind, reason=reason, delay=delay, is_hybrid=hybrid))

    def initiate(self, request: ShutdownRequest) -> None:
        """Restart or shut down as `shutdown.exe` asks for it.

        Raises:
            MachineError: 1190 when one is scheduled already, 1115 while the machine is down.
        """
        self._shutdowns.initiate(request)

    def cancel_restart(self) -> None:
        """Call off the restart or shutdown that is asked for, as `shutdown /a` does.

        Raises:
            MachineError: 1116 when none is, or when it has begun.
        """
        self._shutdowns.abort()

    def turn_on(self) -> None:
        """Press the power button of a machine that is off, asleep or hibernated.

        Raises:
            UsageError: when it is on or starting.
        """
        if self.state in (PowerState.ASLEEP, PowerState.HIBERNATED):
            self.wake()
            return
        if self.state is not PowerState.OFF:
            raise UsageError(f"the machine is {self.state} already - turn it on when it is off")
        self.state = PowerState.STARTING
        work = self._come_up(keeps_kernel=self._keeps_kernel)
        self._outside = self._machine.clock.spawn_outside(work, name="the start")

    def _go_down(self, request: ShutdownRequest) -> None:
        """End the boot in the order Windows does: users first, then services, then the rest."""
        machine, restarts = self._machine, request.kind is ShutdownKind.RESTART
        self._user = self._user_at_the_screen()
        self._keeps_kernel = not restarts and request.is_hybrid and self.fast_startup
        kind = "restart" if restarts else "shutdown"
        self._report(kind, f"the machine {request.kind}: {request.reason}", reason=request.reason)
        self.state = PowerState.STARTING if restarts else PowerState.OFF
        self._stop_outside()
        machine.network.machine_stops()
        machine.sessions.end_all()
        if self._keeps_kernel:
            machine.clock.scheduler.suspend()
            return
        machine.services.shut_down()
        machine.processes.end_everything()
        machine.clock.scheduler.stop_machine()
        if restarts:
            self._outside = machine.clock.spawn_outside(self._come_up(keeps_kernel=False), name="the restart")

    # Sleeping

    def sleep(self, duration: timedelta | str | None = None, *, until: datetime | None = None) -> None:
        """Send the machine to sleep: wall time passes, the machine's own work stands still.

        Args:
            duration: how long; None for until somebody wakes it.
            until: the wall time at which it wakes, aware, instead of a duration.

        Raises:
            UsageError: when it is not on, for a time without a zone, or a negative duration.
        """
        self._doze_off(PowerState.ASLEEP, duration, until)

    def hibernate(self, duration: timedelta | str | None = None, *, until: datetime | None = None) -> None:
        """Send the machine to sleep without power: as `sleep`, but a power failure does not matter meanwhile.

        Raises:
            UsageError: when it is not on.
        """
        self._doze_off(PowerState.HIBERNATED, duration, until)

    def wake(self) -> None:
        """Wake the machine from sleep or hibernation: everything goes on where it was.

        Raises:
            UsageError: when it does not sleep.
        """
        if self.state not in (PowerState.ASLEEP, PowerState.HIBERNATED):
            raise UsageError(f"the machine is {self.state} and cannot be woken - send it to sleep first")
        self._stop_outside()
        if self.state is PowerState.HIBERNATED:
            self.boot_type = BootType.RESUMED
        self.state = PowerState.ON
        self._machine.clock.scheduler.resume()
        self._report("woke up", "the machine wakes up")
        self._machine.tasks.look_at_clock()

    def _doze_off(self, state: PowerState, duration: timedelta | str | None, until: datetime | None) -> None:
        clock = self._machine.clock
        if self.state is not PowerState.ON:
            raise UsageError(f"the machine is {self.state} and cannot go to sleep - turn it on first")
        if until is not None:
            duration = max(aware(until, "the machine cannot sleep until") - clock.now(), timedelta())
        lasts = None if duration is None else lasting(duration, "the machine cannot sleep for")
        verb = "goes to sleep" if state is PowerState.ASLEEP else "hibernates"
        how_long = "" if lasts is None else f" for {format_duration(lasts)}"
        self._stop_outside()
        self._report("went to sleep", f"the machine {verb}{how_long}", how=state.value)
        self.state = state
        self._machine.network.machine_stops()
        clock.scheduler.suspend()
        if lasts is not None:
            self._outside = clock.spawn_outside(self._wake_later(lasts), name="the wake timer")

    async def _wake_later(self, duration: timedelta) -> None:
        await self._machine.clock.sleep(duration)
        self._outside = None
        self.wake()

    # Losing power

    def lose_power(self, *, returns_after: timedelta | str | None = None) -> None:
        """Cut the power this instant: what is written stays, everything else is gone, nobody is told.

        Nothing that programs would do at their end happens; called by a program, it does not come back from the call.
        A machine that is off or hibernated does not notice.

        Args:
            returns_after: how long until the power is back, and the machine starts by itself; None for what
                `power_returns_after` says.
        """
        away = self.power_returns_after
        if returns_after is not None:
            away = lasting(returns_after, "the power cannot be away for")
        if self.state in (PowerState.OFF, PowerState.HIBERNATED):
            return
        self._user = self._user_at_the_screen() or self._user
        self._stop_outside()
        self._was_cut, self._keeps_kernel, self.state = True, False, PowerState.OFF
        self._report("power lost", "the power is lost")
        self._loss.cut(lambda: self._fall(away))

    def lose_power_at(self, moment: datetime | None = None, *, after: timedelta | str = timedelta()) -> None:
        """Cut the power later, in the middle of whatever goes on then.

        Args:
            moment: at which wall time, aware.
            after: or how long from now.
        """
        clock, wait = self._machine.clock, lasting(after, "the power cannot fail after")
        if moment is not None:
            wait = aware(moment, "the power cannot fail at") - clock.now()

        async def cut() -> None:
            await clock.sleep(wait)
            self.lose_power()

        clock.spawn_outside(cut(), name="a power failure")

    def lose_power_after_steps(self, count: int) -> None:
        """Cut the power when the machine's programs have been resumed that many times more.

        Between two steps time may pass; within one it does not. `clock.scheduler.steps` says how many there were.
        """
        self._machine.clock.scheduler.after_steps(count, self.lose_power)

    def lose_power_at_write(self, number: int) -> None:
        """Cut the power just before the machine makes its n-th next change to registry or files.

        Changes from outside, by a test, do not count.
        """
        self._loss.cut_at_write(number, self.lose_power)

    def revert(self, snapshot: MachineSnapshot) -> None:
        """Start from registry and volumes as they were at a snapshot; see `EmulatedMachine.restore`."""
        self._stop_outside()
        self._shutdowns.forget()
        self._loss.revert(snapshot)
        self._was_cut = self._keeps_kernel = False
        self.state, self.boot_type, self._booted = PowerState.ON, BootType.FULL, self._machine.clock.elapsed()
        self._report("reverted", f"the machine is as it was at {snapshot.at:%Y-%m-%d %H:%M:%S} UTC", reason="")
        start_windows(self._machine)
        for user in snapshot.users:
            self._machine.sessions.sign_in(user)

    def _fall(self, away: timedelta | None) -> None:
        self._shutdowns.forget()
        self._loss.fall()
        if away is not None:
            self._outside = self._machine.clock.spawn_outside(self._power_returns(away), name="the power's return")

    async def _power_returns(self, away: timedelta) -> None:
        await self._machine.clock.sleep(away)
        self.turn_on()

    # Starting

    async def _come_up(self, *, keeps_kernel: bool) -> None:
        """Start: a full boot, or the kernel that was kept goes on; then the user signs in again."""
        clock, user, wait = self._machine.clock, self._user, self.signs_in_again
        await clock.sleep(self.resume_duration if keeps_kernel else self.boot_duration)
        if keeps_kernel:
            self._go_on()
        else:
            await self._do(self._boot(), "the boot")
        if user is not None and wait is not None:
            await clock.sleep(wait)
            await self._do(self._sign_in(user), "the sign-in")

    async def _do(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let the machine do something whose parts outlive it; the power may fail in the middle."""
        clock = self._machine.clock
        task = clock.scheduler.spawn_detached(work, name)
        await clock.wait(task.finished)
        task.result()

    def _go_on(self) -> None:
        self.state, self.boot_type = PowerState.ON, BootType.FAST_STARTUP
        self._keeps_kernel = False
        self._machine.clock.scheduler.resume()
        self._report("booted", "the machine has started, with the kernel it had (fast startup)", reason="")
        self._machine.tasks.look_at_clock()

    async def _boot(self) -> None:
        machine = self._machine
        self.state, self.boot_type = PowerState.ON, BootType.FULL
        self._booted = machine.clock.elapsed()
        self._report("booted", "the machine has started", reason="")
        if self._was_cut:
            self._was_cut = False
            text = "the machine has started without having been shut down (Kernel-Power 41)"
            self._report("unexpected restart", text)
        start_windows(machine)

    async def _sign_in(self, user: Account) -> None:
        if all(session.account != user for session in self._machine.sessions.signed_in()):
            self._machine.sessions.sign_in(user)

    def _stop_outside(self) -> None:
        task, self._outside = self._outside, None
        if task:
            task.cancel()

    # Telling

    def _user_at_the_screen(self) -> Account | None:
        return next((one.account for one in self._machine.sessions.signed_in() if one.is_active), None)

    def _tell_jump(self, by: timedelta) -> None:
        backwards = "back " if by < timedelta() else ""
        self._report("clock set", f"the clock is set {backwards}by {format_duration(abs(by))}", by_s=by.total_seconds())
        self._machine.tasks.look_at_clock()

    def _report(self, kind: str, text: str, **data: str | float) -> None:
        self._machine.timeline.add(Lane.POWER, kind, text, **data)
