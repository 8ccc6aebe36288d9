"""The tags of a run by season: few one by one, many as one range."""

from __future__ import annotations

from tasks.tags import MOST_SEASONS, season_tags


def test_few_seasons_are_tags_of_their_own_and_many_are_one_range() -> None:
    """Thirty tags would hide the name of the run."""
    few = range(1998, 1998 + MOST_SEASONS)
    assert [*season_tags(few)][:2] == ["season:1998-99", "season:1999-00"]
    assert len([*season_tags(few)]) == MOST_SEASONS
    assert [*season_tags(range(1996, 2026))] == ["season:1996-97..2025-26"]
