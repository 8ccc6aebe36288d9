"""Why a row is rejected, and what mends it:
one line per reason, for reports and for refused files."""

from __future__ import annotations

SAME_AS_ANOTHER = frozenset({"duplicate_row", "stub_row"})
"""Reasons of rows that another row says as well: nothing is left out."""

HARMLESS = SAME_AS_ANOTHER | {
    "no_game",
    "not_on_roster",
    "other_league",
    "teams_unknown",
    "unfinished_row",
}
"""Reasons with which nothing is lost: another row says it,
it is not for these tables, or not yet there."""

NOT_JUDGED = HARMLESS | {"unfinishes_game"}
"""Reasons that do not count against a file: whatever their share, its other rows are sound."""

REPAIRS = {
    "bad_date": "export the dates in the format that files of this kind have",
    "bad_game_id": "export the game ids as text of ten characters, leading zeros included",
    "bad_matchup": "a matchup reads 'AAA vs. BBB' or 'AAA @ BBB'; request the file again",
    "bad_team": "write the teams' codes as the league's own files do, or request the schedule "
    "again",
    "collapsed_id": "the ids lost their digits: export the file again with them as text of ten "
    "characters",
    "date_undetermined": "the game's team rows name several dates; add the schedule "
    "(ScheduleLeagueV2)",
    "duplicate_key": "two different rows for one key: keep the right one in the file",
    "duplicate_row": "nothing to do: the same row is there once",
    "home_undetermined": "both teams read '@'; add the schedule (ScheduleLeagueV2) of that season",
    "inconsistent_stats": "makes, attempts and points contradict each other: request the file "
    "again",
    "missing_minutes": "request the box scores again: whoever played has minutes",
    "missing_value": "request the file again: a value that every row has is empty",
    "no_game": "nothing to do: a row of averages or sums belongs to no game",
    "nobody_active": "a side has no player with minutes or a stat: request the box score again",
    "not_a_number": "mend the value in the file, or request it again",
    "not_on_roster": "nothing to do where he has not played for the team that season, for nothing "
    "expects him then; else load the box scores that have him, and ingest the reports again",
    "other_league": "nothing to do: games of the G League (20…), WNBA (10…), summer (15…) are "
    "left out",
    "out_of_range": "mend the value in the file, or request it again",
    "season_contradiction": "the row's season or date and its game id disagree: request the file "
    "again",
    "stub_row": "nothing to do: the row with a result is there",
    "team_plays_itself": "home and away are one team: mend the row, or request the schedule again",
    "teams_unknown": "nothing to do yet: the game is taken once a schedule names its teams, or it "
    "has box scores; one that is there already keeps the teams that it has",
    "two_games_one_day": "a team has two final games on one date: remove the wrong game from the "
    "file",
    "unfinished_row": "no result follows from it: caught while the game was on, or only a part of "
    "a box score; request all of it once the game is final",
    "unfinishes_game": "the warehouse has the game as final with its box scores, and keeps them; "
    "where the file is right all the same: --allow-unfinish",
    "unknown_player": "the name is not in the rosters of the game's teams: load their box scores, "
    "or nothing, where he did not play for them",
    "unknown_game": "put the team game log or the schedule of that season beside the file, or "
    "load it first",
    "unknown_team": "the row's team plays no part in its game: mend the row, or request the file "
    "again",
    "unknown_value": "a name that files of this kind do not use: mend it, or request the file "
    "again",
}
"""Every reason that this source gives, and its repair."""
