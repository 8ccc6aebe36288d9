"""The tags of a run: few seasons one by one, many as one range; no more requests than needed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from prefect.context import TagsContext

from tasks.tags import (
    MOST_SEASONS,
    season_tags,
    tag_run,
    tagged,
    tags_kept_from_tasks,
)


def test_few_seasons_are_tags_of_their_own_and_many_are_one_range() -> None:
    """Thirty tags would hide the name of the run."""
    few = range(1998, 1998 + MOST_SEASONS)
    assert [*season_tags(few)][:2] == ["season:1998-99", "season:1999-00"]
    assert len([*season_tags(few)]) == MOST_SEASONS
    assert [*season_tags(range(1996, 2026))] == ["season:1996-97..2025-26"]


def test_tags_of_a_part_are_none_of_its_tasks() -> None:
    """Of each tag of a task Prefect asks whether it limits how many run at once."""
    with tagged(["phase:team"]):
        assert TagsContext.get().current_tags == {"phase:team"}
        with tags_kept_from_tasks():
            assert TagsContext.get().current_tags == set()
    assert TagsContext.get().current_tags == set()


def test_a_run_that_began_with_its_tags_is_not_tagged_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began = SimpleNamespace(tags=["phase:team", "mine"], id="")
    monkeypatch.setattr("tasks.tags.flow_run", began)
    monkeypatch.setattr("tasks.tags.client_of_run", None)
    tag_run(["phase:team"])
