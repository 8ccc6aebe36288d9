"""The demo league: sums, bands and shape of what it generates,
and that the same seed is the same league.

Everything else is shown on these rows; a flaw here would make a gate or a query look broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core.errors import SourceError
from demo import generate
from demo.generate import TABLES, raw_table
from demo.nba import SEASONS as SEASON_DAYS
from demo.nba import days_to_come
from planning.raw_load import RawLoad
from processors.raw_schemas import contract, schema

AUTUMN = (date(2023, 10, 24), date(2023, 12, 31))
ADDITIVE = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),
    *("ast", "stl", "blk", "pf", "pts"),
)
SEASONS = (2021, 2022, 2023, 2024, 2025)
FULL_SEASONS = SEASONS[:-1]

VIEWS = """
CREATE VIEW eligible AS SELECT * FROM schedule
WHERE game_type IN ('2', '4', '5', '6') AND status = 'final';
CREATE VIEW team_games AS
  SELECT game_id, game_date, season, game_type, home_team AS team FROM eligible
  UNION ALL SELECT game_id, game_date, season, game_type, away_team FROM eligible;
CREATE TABLE sides AS
  SELECT t.*, e.game_type, e.home_team, e.neutral_site,
    t.fga + 0.44 * t.fta + t.tov - t.oreb AS possessions, t.pts - o.pts AS margin,
    greatest(0, round((t.minutes - 240) / 25)) AS overtimes
  FROM team_box t JOIN eligible e USING (game_id)
  JOIN team_box o ON o.game_id = t.game_id AND o.team <> t.team;
CREATE TABLE lines_on_games AS
  SELECT p.*, b.status, b.pts, s.tip_off FROM player_props p JOIN schedule s USING (game_id)
  LEFT JOIN player_box b USING (game_id, player_id);
CREATE TABLE played AS
  SELECT b.*, s.minutes AS team_minutes,
    100 * (b.fga + 0.44 * b.fta + b.tov) * (s.minutes / 5)
      / (b.minutes * (s.fga + 0.44 * s.fta + s.tov)) AS usage_rate
  FROM player_box b JOIN sides s USING (game_id, team) WHERE b.status = 'played';
"""


@pytest.fixture(scope="module")
def league() -> RawLoad:
    return generate()


@pytest.fixture(scope="module")
def autumn() -> RawLoad:
    return generate(7, *AUTUMN)


class Sql:
    """Questions to the generated tables."""

    def __init__(self, load: RawLoad) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        for name, table in load.tables.items():
            self.connection.register(name, table)
        self.connection.execute(VIEWS)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        (only,) = self.rows(query)
        return only

    def value(self, query: str) -> Any:
        (only,) = self.row(query)
        return only


@pytest.fixture(scope="module")
def ask(league: RawLoad) -> Iterator[Sql]:
    sql = Sql(league)
    yield sql
    sql.connection.close()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_columns_order_and_types_of_its_contract(
    league: RawLoad, table: str
) -> None:
    assert league.tables[table].schema.equals(schema(table))


@pytest.mark.parametrize("table", TABLES)
def test_only_nullable_columns_hold_null(league: RawLoad, table: str) -> None:
    rows = league.tables[table]
    nulls = {c.name for c in contract(table).columns if rows.column(c.name).null_count}
    assert nulls <= {c.name for c in contract(table).columns if c.nullable}


@pytest.mark.parametrize("table", TABLES)
def test_no_key_occurs_twice(league: RawLoad, table: str) -> None:
    rows, grain = league.tables[table], list(contract(table).grain)
    assert rows.group_by(grain).aggregate([]).num_rows == rows.num_rows


def test_a_nullable_column_that_the_league_does_not_know_is_null() -> None:
    """A contract that gains one must not stop the league; one that must be there has to."""
    known = {"player_id": [1, 2], "player_name": ["Abel Alton", "Adrian Ashford"]}
    assert raw_table("players", known).column("birth_date").null_count == 2
    with pytest.raises(KeyError, match="player_name"):
        raw_table("players", {"player_id": [1, 2]})


def test_the_whole_range_has_the_size_of_the_real_one(
    ask: Sql, league: RawLoad
) -> None:
    days, dates, games = ask.row(
        "SELECT date_diff('day', min(game_date), DATE '2026-01-02') + 1, count(DISTINCT "
        "game_date), count(*) FROM eligible"
    )
    assert days == 1537
    assert 915 <= dates <= 925
    assert games >= 5600
    assert 125_000 <= league.tables["player_box"].num_rows <= 137_000
    assert league.tables["shots"].num_rows > 1_000_000
    assert 300_000 <= league.tables["player_props"].num_rows <= 450_000


def test_seasons_open_and_end_on_their_real_days_with_82_games_a_team(ask: Sql) -> None:
    seasons = ask.rows(
        "SELECT min(game_date), max(game_date), count(*) FROM eligible WHERE game_type = '2' "
        "GROUP BY season ORDER BY season"
    )
    assert seasons[:4] == [
        (date(2021, 10, 19), date(2022, 4, 10), 1230),
        (date(2022, 10, 18), date(2023, 4, 9), 1230),
        (date(2023, 10, 24), date(2024, 4, 14), 1230),
        (date(2024, 10, 22), date(2025, 4, 13), 1230),
    ]
    assert seasons[4][0] == date(2025, 10, 21)
    assert ask.rows(
        "SELECT DISTINCT n FROM (SELECT count(*) AS n FROM team_games "
        "WHERE game_type = '2' AND season < 2025 GROUP BY season, team)"
    ) == [(82,)]
    assert ask.value("SELECT count(DISTINCT team) FROM team_games") == 30


def test_nobody_plays_twice_a_day_three_days_running_or_more_than_five_times_a_week(
    ask: Sql,
) -> None:
    query = """
      SELECT count(*) FILTER (gap = 0), count(*) FILTER (two = 2), max(week),
        count(*) FILTER (gap = 1 AND season < 2025 AND game_type = '2') / 120.0
      FROM (SELECT season, game_type, game_date - lag(game_date) OVER w AS gap,
        game_date - lag(game_date, 2) OVER w AS two,
        count(*) OVER (PARTITION BY team ORDER BY game_date
          RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW) AS week
      FROM team_games WINDOW w AS (PARTITION BY team, season ORDER BY game_date))"""
    twice, running, week, back_to_backs = ask.row(query)
    assert (twice, running, week) == (0, 0, 5)
    assert 9 <= back_to_backs <= 18


def test_the_all_star_break_has_no_game_that_counts(ask: Sql) -> None:
    for sunday in ask.rows("SELECT game_date FROM schedule WHERE game_type = '3'"):
        around = f"game_date BETWEEN DATE '{sunday[0]}' - 2 AND DATE '{sunday[0]}' + 3"
        assert ask.value(f"SELECT count(*) FROM eligible WHERE {around}") == 0


def test_exhibitions_are_there_uncovered_and_without_players(ask: Sql) -> None:
    kinds = ask.rows(
        "SELECT game_type, count(*), bool_or(covers_player_box OR covers_shots OR covers_props) "
        "FROM schedule WHERE game_type IN ('1', '3') GROUP BY ALL ORDER BY ALL"
    )
    assert kinds == [("1", 16, False), ("3", 4, False)]
    own = "SELECT game_id FROM schedule WHERE game_type IN ('1', '3')"
    assert ask.value(f"SELECT count(*) FROM player_box WHERE game_id IN ({own})") == 0
    assert ask.value(f"SELECT count(*) FROM team_box WHERE game_id IN ({own})") == 40
    assert (
        ask.value(f"SELECT count(DISTINCT team) FROM team_box WHERE game_id IN ({own})")
        > 3
    )


def test_coverage_is_declared_by_type_and_season(ask: Sql) -> None:
    assert ask.rows(
        "SELECT covers_player_box, covers_shots, covers_props, min(season), max(season) FROM "
        "schedule WHERE game_type NOT IN ('1', '3') GROUP BY ALL ORDER BY ALL"
    ) == [(True, True, False, 2021, 2021), (True, True, True, 2022, 2025)]


def test_play_offs_end_with_the_fourth_win_of_one_side(ask: Sql) -> None:
    series = ask.rows(
        "WITH wins AS (SELECT season, left(game_id, 9) AS series, team, game_date,   count(*) "
        "FILTER (margin > 0) OVER w AS wins, max(game_date) OVER (PARTITION BY left(game_id, 9)) "
        "    AS last_day   FROM sides WHERE game_type = '4'   WINDOW w AS (PARTITION BY "
        "left(game_id, 9), team ORDER BY game_date)) SELECT season, series, max(wins), count(*) "
        "FILTER (wins = 4), max(wins) FILTER (game_date < last_day) FROM wins GROUP BY ALL"
    )
    assert len(series) == 4 * 15
    assert {row[2:] for row in series} == {(4, 1, 3)}


def test_spring_runs_from_play_in_to_june(ask: Sql) -> None:
    for season, play_in, first, last in ask.rows(
        "SELECT season, count(*) FILTER (game_type = '5'), min(game_date) FILTER (game_type = "
        "'4'), max(game_date) FROM eligible WHERE season < 2025 GROUP BY season"
    ):
        assert play_in == 6
        assert date(season + 1, 4, 15) <= first <= date(season + 1, 4, 20)
        assert date(season + 1, 6, 1) <= last <= date(season + 1, 6, 26)


def test_the_cup_final_is_one_neutral_game_in_december(ask: Sql) -> None:
    assert ask.rows(
        "SELECT season, month(game_date), neutral_site FROM eligible WHERE game_type = '6' ORDER "
        "BY season"
    ) == [(2023, 12, True), (2024, 12, True), (2025, 12, True)]


def test_a_postponed_game_has_no_box_and_is_played_later_under_a_new_id(
    ask: Sql,
) -> None:
    put_off, with_box, made_up_for = ask.row(
        "SELECT count(*), count(*) FILTER (game_id IN (SELECT game_id FROM team_box)), "
        "count(*) FILTER (EXISTS (SELECT 1 FROM eligible e "
        "  WHERE e.season = p.season AND e.game_id > p.game_id "
        "  AND right(e.game_id, 5) > '01230' AND e.game_date > p.game_date "
        "  AND e.home_team = p.home_team AND e.away_team = p.away_team)) "
        "FROM schedule p WHERE status = 'postponed' AND season < 2025"
    )
    assert (put_off, with_box, made_up_for) == (32, 0, 32)


def test_game_ids_are_not_in_date_order(ask: Sql) -> None:
    assert (
        ask.value(
            "SELECT count(*) FROM (SELECT game_date, lag(game_date) OVER (PARTITION BY season "
            "ORDER BY game_id) AS before FROM eligible WHERE game_type = '2') WHERE game_date < "
            "before"
        )
        > 10
    )


def test_tip_offs_are_us_evenings_and_few_are_unknown(ask: Sql) -> None:
    early, late, unknown = ask.row(
        "SELECT min(hours), max(hours), count(*) - count(hours) FROM (SELECT "
        "date_diff('hour', game_date::TIMESTAMP, tip_off::TIMESTAMP) AS hours FROM schedule)"
    )
    assert 18 <= early <= late <= 28
    assert 1 <= unknown <= 15


def test_player_sums_equal_the_teams_except_for_turnovers_nobody_committed(
    ask: Sql,
) -> None:
    differences = " + ".join(f"abs(p.{c} - t.{c})" for c in ADDITIVE)
    sums = ", ".join(
        f"sum({c}) AS {c}" for c in [*ADDITIVE, "tov", "minutes", "plus_minus"]
    )
    rows, apart, fewest, most, minutes, plus_minus = ask.row(
        f"WITH p AS (SELECT game_id, team, {sums} FROM player_box GROUP BY ALL) "
        f"SELECT count(*), max({differences}), min(t.tov - p.tov), max(t.tov - p.tov), "
        "max(abs(t.minutes - p.minutes)), max(abs(p.plus_minus - 5 * t.margin)) "
        "FROM p JOIN sides t USING (game_id, team)"
    )
    assert rows == 2 * ask.value("SELECT count(*) FROM eligible")
    assert (apart, fewest, most, plus_minus) == (0, 0, 2, 0)
    assert minutes <= 5


def test_eight_to_twelve_play_and_the_others_have_nothing(ask: Sql) -> None:
    assert ask.row(
        "SELECT min(n), max(n) FROM (SELECT count(*) FILTER (status = 'played') AS n FROM "
        "player_box GROUP BY game_id, team)"
    ) == (8, 12)
    something = " + ".join([*ADDITIVE, "tov", "minutes"])
    assert (
        ask.value(f"SELECT max({something}) FROM player_box WHERE status <> 'played'")
        == 0
    )
    assert ask.value("SELECT min(minutes) FROM played") > 0
    assert ask.value("SELECT max(minutes) FROM played") <= 58
    assert ask.value("SELECT count(DISTINCT status) FROM player_box") == 3


def test_box_scores_are_possible_ones(ask: Sql) -> None:
    assert (
        ask.value(
            "SELECT count(*) FROM player_box WHERE fgm > fga OR fg3m > fg3a OR ftm > fta OR fg3m "
            "> fgm OR fgm - fg3m > fga - fg3a OR pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm OR reb "
            "<> oreb + dreb OR pf > 6"
        )
        == 0
    )
    assert ask.row(
        "SELECT min(possessions) > 60, max(possessions) < 160 FROM sides"
    ) == (
        True,
        True,
    )
    assert 0.03 < ask.value("SELECT avg((pts = 0)::INT) FROM played") < 0.15


def test_no_game_is_tied_and_about_six_in_a_hundred_go_to_overtime(ask: Sql) -> None:
    assert ask.value("SELECT count(*) FROM sides WHERE margin = 0") == 0
    assert 0.045 <= ask.value("SELECT avg((overtimes > 0)::INT) FROM sides") <= 0.08
    assert ask.value("SELECT max(abs(margin)) FROM sides WHERE overtimes > 0") <= 25
    for overtimes, low, high in ask.rows(
        "SELECT overtimes, min(minutes), max(minutes) FROM sides GROUP BY 1"
    ):
        assert 237 + 25 * overtimes <= low <= high <= 244 + 25 * overtimes


def test_usage_adds_up_and_stays_within_its_contract(ask: Sql) -> None:
    low, high = ask.row(
        "SELECT min(total), max(total) FROM (SELECT sum(usage_rate * minutes) / "
        "(any_value(team_minutes) / 5) AS total FROM played GROUP BY game_id, team)"
    )
    assert 97 <= low <= high <= 100.000001
    assert ask.value("SELECT max(usage_rate) FROM played WHERE minutes >= 5") <= 100
    assert (
        ask.value(
            "SELECT max(usage_rate) FROM played WHERE minutes >= 1 AND minutes < 5"
        )
        <= 300
    )


@pytest.mark.parametrize("season", SEASONS)
def test_scores_threes_and_home_wins_are_credible(ask: Sql, season: int) -> None:
    mean, deviation, threes, pace = ask.row(
        "SELECT avg(pts), stddev(pts), sum(fg3a) / sum(fga), avg(240 * possessions / (240 + 25 "
        f"* overtimes)) FROM sides WHERE season = {season}"
    )
    assert 105 <= mean <= 120
    assert 10 <= deviation <= 14
    assert 0.35 <= threes <= 0.45
    assert 96 <= pace <= 105
    home = f"SELECT avg((margin > 0)::INT) FROM sides WHERE season = {season} AND team = home_team"
    assert 0.52 <= ask.value(f"{home} AND NOT neutral_site") <= 0.60


@pytest.mark.parametrize("season", SEASONS)
def test_a_players_last_ten_games_tell_what_he_will_score(
    ask: Sql, season: int
) -> None:
    correlation = ask.value(
        "SELECT corr(before, pts) FROM (SELECT pts, avg(pts) OVER w AS before, count(*) OVER w "
        f"AS games FROM played WHERE season = {season} WINDOW w AS (PARTITION BY player_id ORDER "
        "BY game_date ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING)) WHERE games >= 5"
    )
    assert 0.6 <= correlation <= 0.85


def test_shots_agree_with_the_box_wherever_the_source_has_them(ask: Sql) -> None:
    team_games, gaps, wrong, assists = ask.row(
        "WITH s AS (SELECT game_id, team, count(*) AS n, count(*) FILTER (made) AS m,   count(*) "
        "FILTER (shot_value = 3) AS n3, count(*) FILTER (made AND shot_value = 3) AS m3,   "
        "count(*) FILTER (assisted) AS a FROM shots GROUP BY ALL) SELECT count(*), count(*) "
        "FILTER (coalesce(n, 0) <> fga), count(*) FILTER (n = fga AND (m <> fgm OR n3 <> fg3a OR "
        "m3 <> fg3m)), count(*) FILTER (n = fga AND a <> ast) FROM sides LEFT JOIN s USING "
        "(game_id, team)"
    )
    assert (wrong, assists) == (0, 0)
    assert 10 <= gaps <= 0.01 * team_games
    players = ask.value(
        "WITH s AS (SELECT game_id, team, player_id, count(*) AS n, count(*) FILTER (made) AS m "
        "FROM shots GROUP BY ALL), whole AS (SELECT game_id, team FROM sides JOIN (SELECT "
        "game_id, team, count(*) AS n FROM shots GROUP BY ALL) USING (game_id, team) WHERE n = "
        "fga) SELECT count(*) FROM player_box JOIN whole USING (game_id, team) LEFT JOIN s USING "
        "(game_id, team, player_id) WHERE coalesce(n, 0) <> fga OR coalesce(m, 0) <> fgm"
    )
    assert players == 0


def test_some_games_have_no_shots_at_all_and_some_those_of_one_side(ask: Sql) -> None:
    assert (
        ask.value(
            "SELECT count(*) FROM eligible WHERE game_id NOT IN (SELECT game_id FROM shots)"
        )
        >= 4
    )
    one_sided = (
        "SELECT game_id FROM shots GROUP BY game_id HAVING count(DISTINCT team) = 1"
    )
    assert ask.value(f"SELECT count(*) FROM ({one_sided})") >= 4


def test_shots_are_numbered_in_order_of_time_from_possible_places(ask: Sql) -> None:
    out_of_order, misses_assisted, odd_zones, outside = ask.row(
        "SELECT count(*) FILTER (shot_number <> nth), count(*) FILTER (assisted AND NOT made), "
        "avg((zone = 'mid_range' AND shot_value = 3)::INT), count(*) FILTER (abs(x) > 26 OR y < "
        "0 OR y > 94 OR distance_ft < 0   OR seconds_left NOT BETWEEN 0 AND 719   OR "
        "abs(distance_ft + 0.5 - sqrt(x * x + (y - 5.25) * (y - 5.25))) > 0.75) FROM (SELECT *, "
        "row_number() OVER (PARTITION BY game_id ORDER BY period, seconds_left DESC, "
        "shot_number) AS nth FROM shots)"
    )
    assert (out_of_order, misses_assisted, outside) == (0, 0, 0)
    assert 0 < odd_zones < 0.001


def test_defences_differ_by_zone(ask: Sql) -> None:
    spreads = ask.rows(
        "WITH allowed AS (SELECT o.team, zone_name, avg(made::INT) AS pct FROM (SELECT *,   CASE "
        "WHEN shot_value = 3 THEN 'three' WHEN zone = 'mid_range' THEN zone ELSE 'paint' END   "
        "AS zone_name FROM shots WHERE season = 2023) s   JOIN team_games o ON o.game_id = "
        "s.game_id AND o.team <> s.team   GROUP BY ALL) SELECT 100 * (max(pct) - min(pct)) FROM "
        "allowed GROUP BY zone_name"
    )
    assert all(spread > 3 for (spread,) in spreads)


@pytest.mark.parametrize("season", FULL_SEASONS)
def test_players_are_traded_hurt_and_replaced(ask: Sql, season: int) -> None:
    teams = ask.rows(
        "SELECT n, count(*) FROM (SELECT count(DISTINCT team) AS n FROM played "
        f"WHERE season = {season} GROUP BY player_id) GROUP BY n ORDER BY n"
    )
    assert [n for n, _ in teams] == [1, 2, 3]
    assert teams[1][1] >= 10
    absent = (
        "SELECT game_date - lag(game_date) OVER (PARTITION BY player_id ORDER BY game_date) AS gap "
        f"FROM played WHERE season = {season}"
    )
    assert ask.value(f"SELECT count(*) FROM ({absent}) WHERE gap > 30") >= 20
    next_season = f"SELECT player_id FROM player_box WHERE season = {season + 1}"
    this_season = f"SELECT player_id FROM player_box WHERE season = {season}"
    assert (
        ask.value(f"SELECT count(*) FROM (({this_season}) EXCEPT ({next_season}))") >= 5
    )
    assert (
        ask.value(f"SELECT count(*) FROM (({next_season}) EXCEPT ({this_season}))") >= 5
    )


def test_players_are_grown_up_and_a_few_have_no_birth_date(ask: Sql) -> None:
    youngest, oldest, unknown = ask.row(
        "SELECT min(datesub('year', birth_date, game_date)), max(datesub('year', birth_date, "
        "game_date)), count(DISTINCT player_id) FILTER (birth_date IS NULL) FROM player_box JOIN "
        "players USING (player_id)"
    )
    assert 19 <= youngest <= 20
    assert 35 <= oldest <= 40
    assert 1 <= unknown <= 15


def test_props_cover_eight_players_a_side_since_2022_with_two_or_three_snapshots_each(
    ask: Sql,
) -> None:
    assert ask.value("SELECT min(season) FROM player_props") == 2022
    assert ask.value("SELECT count(*) FROM eligible WHERE covers_props") == ask.value(
        "SELECT count(DISTINCT game_id) FROM player_props"
    )
    low, high = ask.row(
        "SELECT min(n), max(n) FROM (SELECT count(DISTINCT player_id) AS n FROM player_props "
        "GROUP BY game_id)"
    )
    assert 16 <= low <= high <= 22
    assert ask.rows(
        "SELECT DISTINCT n FROM (SELECT count(*) AS n FROM lines_on_games WHERE snapshot_at < "
        "tip_off GROUP BY game_id, player_id, bookmaker) ORDER BY n"
    ) == [(2,), (3,)]
    assert (
        ask.value(
            "SELECT count(*) FROM player_props WHERE line <> floor(line) + 0.5 OR line < 0"
        )
        == 0
    )


def test_lines_before_tip_off_are_fair_and_later_ones_give_the_result_away(
    ask: Sql,
) -> None:
    correlation, over, scratched = ask.row(
        "SELECT corr(line, pts), avg((pts > line)::INT), count(*) FILTER (status <> 'played') "
        "FROM lines_on_games WHERE snapshot_at < tip_off"
    )
    assert 0.6 <= correlation <= 0.8
    assert 0.42 <= over <= 0.52
    assert scratched > 100
    late, correlation = ask.row(
        "SELECT count(*), corr(line, pts) FROM lines_on_games WHERE snapshot_at >= tip_off"
    )
    assert late > 1000
    assert correlation > 0.98
    assert ask.value("SELECT count(*) FROM lines_on_games WHERE status IS NULL") == 0


def test_every_game_has_lines_that_know_the_favourite_but_not_the_result(
    ask: Sql,
) -> None:
    games, correlation, bias = ask.row(
        "SELECT count(DISTINCT game_id), corr(-spread_home, margin), avg(margin + spread_home) "
        "FROM game_lines JOIN schedule s USING (game_id) JOIN sides USING (game_id) "
        "WHERE team = s.home_team AND snapshot_at < tip_off"
    )
    assert games == ask.value("SELECT count(*) FROM eligible WHERE tip_off IS NOT NULL")
    assert 0.2 <= correlation <= 0.6
    assert abs(bias) < 1
    assert (
        ask.value(
            "SELECT count(*) FROM game_lines g JOIN schedule s USING (game_id) WHERE snapshot_at "
            ">= tip_off"
        )
        > 100
    )


@pytest.mark.parametrize("table", TABLES)
def test_a_shorter_range_is_the_same_league_cut(
    league: RawLoad, autumn: RawLoad, table: str
) -> None:
    """A small league in a test or a bug report must show what the whole one shows."""
    whole, cut = league.tables[table], autumn.tables[table]
    if table == "players":
        keep = pc.is_in(
            whole.column("player_id"),
            value_set=autumn.tables["player_box"].column("player_id"),
        )
    else:
        low, high = (pa.scalar(day) for day in AUTUMN)
        day = whole.column("game_date")
        keep = pc.and_(pc.greater_equal(day, low), pc.less_equal(day, high))
    assert cut.num_rows > 0
    assert whole.filter(keep).equals(cut)


def test_the_same_seed_is_the_same_league_and_another_seed_is_another(
    autumn: RawLoad,
) -> None:
    again, other = generate(7, *AUTUMN), generate(8, *AUTUMN)
    for table in TABLES:
        assert again.tables[table].equals(autumn.tables[table])
        assert not other.tables[table].equals(autumn.tables[table])


def test_the_dates_hardly_depend_on_the_seed() -> None:
    schedule = Sql(generate(11))
    assert (
        915 <= schedule.value("SELECT count(DISTINCT game_date) FROM eligible") <= 925
    )


@pytest.mark.parametrize(
    ("seed", "start", "end"),
    [
        (7, date(2024, 1, 2), date(2024, 1, 1)),
        (7, date(2019, 1, 1), date(2019, 12, 31)),
        (7, date(2024, 8, 1), date(2024, 8, 31)),
        (-1, *AUTUMN),
    ],
)
def test_an_impossible_league_is_refused_with_what_would_do(
    seed: int, start: date, end: date
) -> None:
    with pytest.raises(SourceError, match="choose"):
        generate(seed, start, end)


@pytest.mark.parametrize("season", [2021, 2022, 2023, 2024, 2025])
def test_the_seasons_to_come_follow_the_habit_of_those_that_were(season: int) -> None:
    """Their days are a rule's; it gives the announced ones, but for the first cup's final."""
    announced, by_rule = SEASON_DAYS[season], days_to_come(season)
    assert (announced.opening, announced.end) == (by_rule.opening, by_rule.end)
    assert announced.all_star == by_rule.all_star
    if season >= 2024:
        assert announced.cup_final == by_rule.cup_final


def test_the_thirtieth_season_is_a_whole_one() -> None:
    first, last = date(2050, 10, 1), date(2051, 6, 30)
    season = Sql(generate(7, first, last))
    games = season.value("SELECT count(*) FROM eligible WHERE game_type = '2'")
    assert games == 1230
    assert season.value("SELECT count(DISTINCT season) FROM eligible") == 1
