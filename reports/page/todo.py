"""The page's list of what is to be done: that of the report, and what raw data, features and runs
tell besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.remedy import INGEST_FILES, Remedy, season_options
from planning.selection import Selection
from reports.next_steps import Step, command_on
from reports.page.features import FeaturesFacts, tell_drift, tell_empty
from reports.page.nulls import MonthOfTable, tell_nulls
from reports.page.raw import Lack, RawFacts, find_lacks
from reports.page.runs import NO_END, RunFacts
from reports.report import Report
from reports.todo import Rank, Todo, in_order

FETCHED = {
    "injuries": "fetch injuries",
    "injury_reports": "fetch injuries",
    "player_props": "fetch odds",
    "game_lines": "fetch odds",
}
"""Raw table -> what asks a source for it, where only one does."""


@dataclass(frozen=True)
class Besides:
    """What the list is made from besides a report. `nulls`: None where they were not counted."""

    raw: RawFacts = field(default_factory=RawFacts)
    nulls: Sequence[MonthOfTable] | None = ()
    features: FeaturesFacts | None = None
    latest: RunFacts | None = None


def page_todos(report: Report, besides: Besides) -> list[Todo]:
    """Everything that is to be done, root causes first; a last look only where nothing is."""
    more = list(_more(besides, report.selection))
    own = report.todos
    if any(todo.rank < Rank.FEATURES for todo in more):
        own = [todo for todo in own if todo.rank < Rank.LAST or _computes(todo)]
    return in_order([*own, *more])


def _computes(todo: Todo) -> bool:
    return any(step.remedy.command == "backfill" for step in todo.steps)


def _more(besides: Besides, selection: Selection) -> Iterator[Todo]:
    load = Step(INGEST_FILES, "load the files again")
    for lack in find_lacks(besides.raw):
        yield Todo(Rank.RAW, lack.told, [_fetching(lack) or load])
    for line in tell_nulls(besides.nulls or ()):
        yield Todo(Rank.RAW, line, [load])
    if besides.latest and besides.latest.has_no_end:
        yield _killed(besides.latest)
    if besides.features:
        yield from _of_features(besides.features, selection)


def _fetching(lack: Lack) -> Step | None:
    """What asks a source for a table that no file of a box score holds; None for the others."""
    command = FETCHED.get(lack.table)
    if command is None:
        return None
    remedy = Remedy(command, season_options(lack.seasons))
    return Step(remedy, f"asks for {lack.table}")


def _killed(run: RunFacts) -> Todo:
    """The latest run, which has no end: what it was asked for, and the command that repeats it."""
    record = run.record
    words = record.selection if record else ""
    what = f"run {run.run_id[:8]} ({words}): {NO_END}"
    if record is None or record.asked is None:
        what += (
            "; its options were not kept: where nothing runs any more, give the same command "
            "again, --rerun included where it had that"
        )
        return Todo(Rank.RUN, what, (), "runs")
    again = Step(repeated(record.asked), "repeats it, where nothing runs any more")
    return Todo(Rank.RUN, what, [again], "runs")


def repeated(asked: Selection) -> Remedy:
    """The command that a run was given: without --rerun it would find nothing to do."""
    remedy = command_on(asked, "backfill")
    if not asked.rerun:
        return remedy
    return Remedy(remedy.command, (*remedy.arguments, "--rerun"))


def _of_features(features: FeaturesFacts, selection: Selection) -> Iterator[Todo]:
    """Drift that nothing explains, and features that no source was asked for."""
    for line in tell_drift(features):
        look = Step(
            command_on(selection, "train check"),
            "holds the drift of every feature against its limit",
        )
        yield Todo(Rank.FEATURES, line, [look], "features")
    steps = list(_fetch_steps(features))
    if told := " ".join(tell_empty(features)):
        yield Todo(Rank.FEATURES, told, steps, "features")


def _fetch_steps(features: FeaturesFacts) -> Iterator[Step]:
    """The sources to ask for features without a value, each for the latest season that lacks
    one."""
    lacking: dict[str, int] = {}
    for feature in features.features:
        for part in feature.seasons:
            if not part.profile.known:
                latest = lacking.get(feature.source, part.season)
                lacking[feature.source] = max(latest, part.season)
    for table, command in FETCHED.items():
        if table in lacking:
            remedy = Remedy(command, ("--season", str(lacking[table])))
            yield Step(remedy, f"asks for {table}")
