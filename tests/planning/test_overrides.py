"""Reasons: what a person types so that a run may go on, or that a game may lack its data."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from planning.overrides import is_reason, validate_no_go
from planning.waivers import require_reason
from runs.removals import validate_removal_reason

DOTS = ".........."
DIGITS = "0022300048"
WORDS = "the league lost it"


@pytest.mark.parametrize("text", [DOTS, DIGITS, "…", "", "because", f"  {'a' * 9}  "])
def test_a_reason_needs_ten_characters_with_letters_among_them(text: str) -> None:
    """Ten dots were kept as the reason of an override, and stood in every later verdict."""
    assert not is_reason(text)
    assert is_reason(WORDS)
    assert is_reason("спортзал закрыт")


@pytest.mark.parametrize("text", [DOTS, DIGITS])
def test_neither_an_override_nor_a_removal_nor_a_waiver_is_given_without_words(
    text: str,
) -> None:
    with pytest.raises(ConfigError, match="at least 10 characters, in words"):
        validate_no_go("override", text)
    with pytest.raises(ConfigError, match="at least 10 characters, in words"):
        validate_removal_reason(text)
    with pytest.raises(ConfigError, match="in words"):
        require_reason(text)
    validate_no_go("override", WORDS)
    validate_removal_reason(WORDS)
    assert require_reason(f" {WORDS} ") == WORDS
