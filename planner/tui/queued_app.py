"""App whose keys and changes take effect one at a time, in the order in which the rep asked for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from textual import events
from textual.app import App
from textual.worker import Worker

from planner.domain.errors import PlannerError
from planner.tui.key_queue import AGAIN, LONGEST, LONGEST_READING, PAUSE, KeyPassed, Postponed, TypeAhead
from planner.tui.layouts import NAMES, latin
from planner.tui.messages import Refused, ServiceEnded, ServiceFailed
from planner.tui.shared.screen import BaseScreen


class QueuedApp(App[None]):
    """App that sends each key once the previous one has taken effect, and runs services in a worker, one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = TypeAhead()
        # Services run one at a time, and an undo waits for them, so that it never reverts the wrong change.
        self._queue: deque[
            tuple[Callable[[], str], Callable[[str], None] | None, Callable[[PlannerError], bool] | None]
        ] = deque()
        self._again: Callable[[str], None] | None = None
        self._asked: Callable[[PlannerError], bool] | None = None
        self._idle: list[Callable[[], None]] = []
        self._busy = False

    async def on_event(self, event: events.Event) -> None:
        """Queue keys so that each is sent only after the previous one has taken effect."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
            return
        held = bool(self._keys.pace.pasted)
        if isinstance(event, events.Key) and self._keys.pace.takes(event, self._field_waits):
            if not held:
                self.set_timer(PAUSE, partial(self._look_at_paste, 1))
            return
        if held:
            await self._take_key(self._keys.pace.finish())
        await self._take_key(event)

    def _field_waits(self) -> bool:
        """Return whether the next key goes straight into a field, with nothing pending that may open or close one."""
        keys = self._keys
        return self.focused is not None and not keys.waiting and not keys.busy and self._writing()

    async def _look_at_paste(self, seen: int) -> None:
        """Finish a paste that arrives as keys once no key has come since `seen` of them were counted."""
        pace = self._keys.pace
        if len(pace.pasted) > seen:
            self.set_timer(PAUSE, partial(self._look_at_paste, len(pace.pasted)))
        elif pace.pasted:
            await self._take_key(pace.finish())

    async def _take_key(self, event: events.Key | events.Paste) -> None:
        if self._keys.is_asking and isinstance(event, events.Key) and event.key == "ctrl+q":
            self._keys.waiting.clear()  # drop the pending form and whatever was typed for it
            await super().on_event(event)
        elif not self._keys.busy and not self._keys.waiting:
            await self._send_key(event)
        else:
            if not self._keys.waiting:
                self.set_timer(AGAIN, self._look_at_keys)
            self._keys.waiting.append(event)
            self._leave_asking()

    def _leave_asking(self) -> None:
        """If esc was typed while a form was still loading, drop that form. Keys after the esc go to the screen."""
        if self._keys.leave_asking():
            self._go_on_behind()

    def _go_on_behind(self) -> None:
        """Nothing is loading for the current key any more. If it has been handled, send the next one, exactly once."""
        if self._keys.passed:
            self._keys.passed = False
            self.call_later(self.key_done)

    async def _send_key(self, event: events.Key | events.Paste) -> None:
        """Send a key, mapped to its Latin letter under another keyboard layout unless it goes into a field."""
        turned = latin(event.character) if isinstance(event, events.Key) else None
        if turned is not None and not self._writing():
            event = events.Key(NAMES.get(turned, turned), turned)
        if self.is_left:
            return  # typed after the program was left
        target = self.focused or self.screen
        passed = self._keys.send(self.screen, self.focused)
        await super().on_event(event)
        target.post_message(passed)

    async def on_key_passed(self, message: KeyPassed) -> None:
        message.stop()
        if message.number != self._keys.number:
            return
        if message.again is not None and message.again.is_attached:
            message.again.post_message(KeyPassed(message.number, None))
        elif self._keys.is_asking:
            self._keys.passed = True
        else:
            await self.key_done()

    async def key_done(self) -> None:
        """Finish the current key. If it opened or closed a screen, wait for that screen before sending the next."""
        if self.is_left:
            return  # the remaining keys are dropped
        number = self._keys.number
        if self._keys.screen is self.screen:
            await self._next_key(number)
        else:
            self.screen.call_after_refresh(self.call_later, self._next_key, number)

    async def _look_at_keys(self) -> None:
        """Check whether the waiting keys still have to wait. What they wait for may have gone away silently."""
        if self._keys.waiting:
            if not self._keys.busy:
                await self.key_done()
            self.set_timer(AGAIN, self._look_at_keys)

    async def _next_key(self, number: int) -> None:
        """Send the key after `number` once, unless that key is itself still waiting for something it asked for."""
        if number == self._keys.number and self._keys.is_held:
            self._keys.passed = True
            return
        event = self._keys.free() if number == self._keys.number else None
        if event is not None:
            await self._send_key(event)

    def hold_keys_for(
        self, reading: Worker[None] | Postponed, *, leavable: bool = True, longest: float = LONGEST_READING
    ) -> None:
        """Hold typed keys while a worker loads what a form needs, so that they go into that form.

        Esc cancels a `leavable` one. One that already holds typed text can't be cancelled.
        """
        self._keys.ask(reading, leavable=leavable, longest=longest)
        self._leave_asking()

    def read_for_form(self, reading: Worker[None] | Postponed) -> None:
        """The loading is over: the form is open, or the obstacle has been reported."""
        if self._keys.asking is reading:  # a newer request may have replaced this one
            self._keys.asking = None
            self._go_on_behind()

    def _writing(self) -> bool:
        """Return whether typed keys go into a field."""
        from textual.widgets import Input, TextArea  # imported late, after the first paint

        return isinstance(self.focused, (Input, TextArea))

    def carry_out(
        self,
        work: Callable[[], str],
        again: Callable[[str], None] | None = None,
        asked: Callable[[PlannerError], bool] | None = None,
    ) -> None:
        """Queue a service to run in a worker. The screen shown when it ends reports the outcome, unless `asked` handles
        the error: it may ask the rep, and returns whether it did.
        """
        self._queue.append((work, again, asked))
        self._next_service()

    def when_idle(self, step: Callable[[], None]) -> None:
        """Run `step` once no service is running, or right away if none is."""
        if self._busy:
            self._idle.append(step)
        else:
            step()

    def answer_when_idle(self, step: Callable[[], None], *, leavable: bool = True) -> None:
        """Run what a key asks for once no service is running, and hold the keys behind it until then. Otherwise they
        would arrive before the form opens or the change is undone.

        One that isn't `leavable` opens no form and never holds keys for long, since a service may take minutes.
        """
        if not self._busy:
            step()
            return
        postponed = Postponed()

        def go_on() -> None:
            if not postponed.is_finished:
                step()
                postponed.cancel()
                self.read_for_form(postponed)

        self._idle.append(go_on)
        self.hold_keys_for(postponed, leavable=leavable, longest=LONGEST_READING if leavable else LONGEST)

    def _next_service(self) -> None:
        if self._busy or not self._queue:
            return
        work, self._again, self._asked = self._queue.popleft()
        self._busy = True

        def run() -> None:
            try:
                self.post_message(ServiceEnded(work()))
            except Exception as error:  # noqa: BLE001 - told by the screen, and written to the log
                self.post_message(ServiceEnded(str(error), error))

        self.run_worker(run, thread=True, group="service", exit_on_error=False)

    def on_service_ended(self, message: ServiceEnded) -> None:
        self._busy = False
        error, text = message.error, message.text
        if error is None:
            self.on_shown(lambda screen: screen.service_done(text))
        elif not isinstance(error, PlannerError):
            self.on_shown(lambda screen: screen.service_broken(error))
        elif self._asked is not None and not self.is_left and self._asked(error):
            pass  # runs once the rep has answered
        elif self._again is not None and not self.is_left:
            self._again(Refused(error))
        else:
            self.on_shown(lambda screen: screen.on_service_failed(ServiceFailed(text)))
        self._next_service()
        while self._idle and not self._busy:
            self._idle.pop(0)()

    def on_shown(self, step: Callable[[BaseScreen], object]) -> None:
        """Run `step` on the screen that the rep sees, or on the one under an open form.

        Work may end after its screen was left and before the next one is mounted. In that case wait for the next one.
        """
        if self.is_left:
            return
        screen = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen))
        if screen.is_mounted:
            screen.deliver(step)
        else:
            screen.call_later(self.on_shown, step)

    @property
    def is_left(self) -> bool:
        """Return whether the app is exiting and its screens are gone. Timers and workers may still end after that."""
        return not self.screen_stack
