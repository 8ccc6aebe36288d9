"""Who watches a run never disturbs it."""

from __future__ import annotations

import pytest

from runs.events import Event, PhaseDone
from runs.listening import listening, tell


def test_a_listener_that_fails_is_logged_and_the_others_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A text with [/b] in it once ended a run: the terminal read it as markup."""
    heard: list[Event] = []

    def broken(_event: Event) -> None:
        raise ValueError("closing tag '[/b]' doesn't match any open tag")

    with listening(broken), listening(heard.append):
        tell(PhaseDone("team", 1.0))
    assert heard == [PhaseDone("team", 1.0)]
    assert "a listener failed on the event PhaseDone" in caplog.text
