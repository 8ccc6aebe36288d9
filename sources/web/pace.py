"""How often a site is asked: never two calls at once, each a pause after the last, a bounded
number in ten minutes; and how long is waited after a refusal.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

PAUSE_SECONDS = 0.6
MOST_CALLS, WINDOW_SECONDS = 200, 600.0
"""Calls in a window: sites were seen to cut off an address after some hundred."""
FIRST_WAIT, LONGEST_WAIT, JITTER = 2.0, 60.0, 0.2
"""Seconds after a first refusal, doubled with each; the longest; and the share left to chance."""


@dataclass
class Pace:
    """The pace of one run at one site; `clock` and `sleep` are the machine's own.

    A run cannot know when an earlier one asked last, and so begins with a pause.
    """

    pause: float = PAUSE_SECONDS
    most_calls: int = MOST_CALLS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)
    _calls: deque[float] = field(default_factory=deque)

    def remember(self, calls: int) -> None:
        """Count calls that an earlier run made in this window, as if they were made now."""
        self._calls.extend([self.clock()] * min(calls, self.most_calls))

    def wait_for_turn(self) -> None:
        """Wait until the next call is due, and count it."""
        if not self._calls:
            self.sleep(self.pause)
        else:
            self._sleep_until(self._calls[-1] + self.pause)
        if len(self._calls) >= self.most_calls:
            self._sleep_until(self._calls[-self.most_calls] + WINDOW_SECONDS)
        self._calls.append(self.clock())
        while len(self._calls) > self.most_calls:
            self._calls.popleft()

    def back_off(self, refusals: int, asked_for: float = 0.0) -> None:
        """Wait after the n-th refusal of a call (from 1), or as long as the site asks for."""
        scale = self.pause / PAUSE_SECONDS
        usual = min(FIRST_WAIT * 2 ** (refusals - 1), LONGEST_WAIT) * scale
        varied = usual * (1 + JITTER * (2 * self.chance.random() - 1))
        self.sleep(max(varied, asked_for))

    def seconds_for(self, calls: int, each: float = 1.0) -> float:
        """About how long so many calls take, when an answer takes `each` seconds."""
        windows = max(calls - 1, 0) // self.most_calls
        return max(calls * (self.pause + each), windows * WINDOW_SECONDS)

    def _sleep_until(self, moment: float) -> None:
        left = moment - self.clock()
        if left > 0:
            self.sleep(left)
