-- Each team that plays on the date: rest, record, streak and form from the season's earlier games.
WITH
playing_teams AS (
  SELECT
    as_of,
    season,
    game_id,
    home_team AS team,
    away_team AS opponent,
    TRUE AS home_game
  FROM schedule
  WHERE
    status NOT IN ('postponed', 'cancelled', 'dropped')
    AND game_type IN ('2', '4', '5', '6')
  UNION ALL
  SELECT
    as_of,
    season,
    game_id,
    away_team AS team,
    home_team AS opponent,
    FALSE AS home_game
  FROM schedule
  WHERE
    status NOT IN ('postponed', 'cancelled', 'dropped')
    AND game_type IN ('2', '4', '5', '6')
),

team_history AS (
  SELECT
    as_of,
    team,
    COUNT(*) AS games_before,
    COUNTIF(win) AS wins,
    MAX(game_date) AS last_game_date,
    MAX(IF(games_ago = 1, margin, NULL)) AS last_margin,
    COUNTIF(game_date >= as_of - 7) AS games_last_7_days,
    COUNTIF(game_date >= as_of - 14) AS games_last_14_days,
    COALESCE(MIN(IF(NOT win, games_ago, NULL)) - 1, COUNT(*)) AS win_streak,
    COALESCE(MIN(IF(win, games_ago, NULL)) - 1, COUNT(*)) AS loss_streak,
    AVG(IF(games_ago <= 10, CAST(pace AS NUMERIC), NULL)) AS team_pace_last_10,
    AVG(IF(games_ago <= 10, CAST(offensive_rating AS NUMERIC), NULL)) AS team_off_rating_last_10
  FROM offense_games
  GROUP BY
    as_of,
    team
),

team_defense AS (
  SELECT
    as_of,
    team,
    AVG(CAST(defensive_rating AS NUMERIC)) AS team_def_rating_last_10
  FROM defense_games
  WHERE games_ago <= 10
  GROUP BY
    as_of,
    team
),

closing_lines AS (
  SELECT
    as_of,
    game_id,
    spread_home,
    total
  FROM game_lines
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY as_of, game_id ORDER BY snapshot_at DESC, bookmaker) = 1
)

SELECT
  playing_teams.as_of AS game_date,
  playing_teams.team,
  playing_teams.season,
  playing_teams.game_id,
  playing_teams.opponent,
  playing_teams.home_game,
  DATE_DIFF(playing_teams.as_of, team_history.last_game_date, DAY) - 1 AS rest_days,
  COALESCE(DATE_DIFF(playing_teams.as_of, team_history.last_game_date, DAY) = 1, FALSE) AS back_to_back,
  COALESCE(team_history.games_last_7_days, 0) AS games_last_7_days,
  COALESCE(team_history.games_last_14_days, 0) AS games_last_14_days,
  COALESCE(team_history.games_before, 0) + 1 AS game_number,
  COALESCE(team_history.win_streak, 0) AS win_streak,
  COALESCE(team_history.loss_streak, 0) AS loss_streak,
  COALESCE(team_history.wins, 0) AS wins,
  COALESCE(team_history.games_before - team_history.wins, 0) AS losses,
  team_history.last_margin,
  team_history.team_pace_last_10,
  team_history.team_off_rating_last_10,
  team_defense.team_def_rating_last_10,
  IF(playing_teams.home_game, closing_lines.spread_home, -closing_lines.spread_home) AS spread,
  closing_lines.total
FROM playing_teams
LEFT JOIN team_history
  ON
    playing_teams.as_of = team_history.as_of
    AND playing_teams.team = team_history.team
LEFT JOIN team_defense
  ON
    playing_teams.as_of = team_defense.as_of
    AND playing_teams.team = team_defense.team
LEFT JOIN closing_lines
  ON
    playing_teams.as_of = closing_lines.as_of
    AND playing_teams.game_id = closing_lines.game_id
