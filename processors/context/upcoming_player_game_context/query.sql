-- Each player expected to play on the date, from earlier games, never from its box score: rest, load, form.
WITH
covered_games AS (
  SELECT
    as_of,
    game_id
  FROM schedule
  WHERE
    status NOT IN ('postponed', 'cancelled', 'dropped')
    AND covers_player_box
    AND game_type IN ('2', '4', '5', '6')
),

playing_teams AS (
  SELECT
    teams.as_of,
    teams.season,
    teams.game_id,
    teams.team,
    teams.opponent,
    teams.home_game,
    teams.team_pace_last_10
  FROM upcoming_team_game_context AS teams
  INNER JOIN covered_games
    ON
      teams.as_of = covered_games.as_of
      AND teams.game_id = covered_games.game_id
),

player_history AS (
  SELECT
    as_of,
    player_id,
    COUNT(*) AS games_played_season,
    MAX(game_date) AS last_game_date,
    MAX(IF(games_ago = 1, team, NULL)) AS team,
    COUNTIF(game_date >= as_of - 7) AS games_last_7_days,
    COUNTIF(game_date >= as_of - 14) AS games_last_14_days,
    COUNTIF(game_date >= as_of - 14 AND days_since_previous = 1) AS back_to_backs_last_14_days,
    SUM(IF(game_date >= as_of - 7, CAST(minutes_played AS NUMERIC), 0)) AS minutes_last_7_days,
    SUM(IF(game_date >= as_of - 14, CAST(minutes_played AS NUMERIC), 0)) AS minutes_last_14_days,
    AVG(IF(games_ago <= 5, pts, NULL)) AS points_avg_last_5,
    AVG(IF(games_ago <= 10, pts, NULL)) AS points_avg_last_10,
    SUM(IF(games_ago <= 5, CAST(usage_rate * minutes_played AS NUMERIC), NULL)) AS usage_minutes_last_5,
    SUM(
      IF(games_ago <= 5 AND usage_rate IS NOT NULL, CAST(minutes_played AS NUMERIC), NULL)
    ) AS minutes_last_5,
    SUM(CAST(usage_rate * minutes_played AS NUMERIC)) AS usage_minutes_season,
    SUM(IF(usage_rate IS NOT NULL, CAST(minutes_played AS NUMERIC), NULL)) AS minutes_season
  FROM season_games
  GROUP BY
    as_of,
    player_id
),

closing_lines AS (
  SELECT
    as_of,
    game_id,
    player_id,
    bookmaker,
    line
  FROM lines
  WHERE market = 'points'
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY as_of, game_id, player_id
      ORDER BY snapshot_at DESC, bookmaker
    ) = 1
),

opening_lines AS (
  SELECT
    as_of,
    game_id,
    player_id,
    bookmaker,
    line
  FROM lines
  WHERE market = 'points'
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY as_of, game_id, player_id, bookmaker ORDER BY snapshot_at) = 1
),

player_lines AS (
  SELECT
    closing.as_of,
    closing.game_id,
    closing.player_id,
    closing.line AS points_line,
    opening.line AS opening_line
  FROM closing_lines AS closing
  INNER JOIN opening_lines AS opening
    ON
      closing.as_of = opening.as_of
      AND closing.game_id = opening.game_id
      AND closing.player_id = opening.player_id
      AND closing.bookmaker = opening.bookmaker
)

SELECT
  playing_teams.as_of AS game_date,
  player_history.player_id,
  playing_teams.season,
  playing_teams.game_id,
  playing_teams.team,
  playing_teams.opponent,
  playing_teams.home_game,
  player_history.games_played_season,
  DATE_DIFF(playing_teams.as_of, player_history.last_game_date, DAY) - 1 AS days_rest,
  DATE_DIFF(playing_teams.as_of, player_history.last_game_date, DAY) = 1 AS back_to_back,
  player_history.games_last_7_days,
  player_history.games_last_14_days,
  player_history.minutes_last_7_days,
  player_history.minutes_last_14_days,
  SAFE_DIVIDE(
    player_history.minutes_last_7_days, player_history.games_last_7_days
  ) AS avg_minutes_last_7_days,
  player_history.back_to_backs_last_14_days,
  player_history.points_avg_last_5,
  player_history.points_avg_last_10,
  SAFE_DIVIDE(player_history.usage_minutes_last_5, player_history.minutes_last_5) AS usage_rate_last_5,
  SAFE_DIVIDE(player_history.usage_minutes_season, player_history.minutes_season) AS usage_rate_season,
  DATE_DIFF(playing_teams.as_of, players.birth_date, YEAR)
  - IF(
    FORMAT_DATE('%m%d', players.birth_date) > FORMAT_DATE('%m%d', playing_teams.as_of), 1, 0
  ) AS player_age,
  opponents.rest_days AS opponent_rest_days,
  opponents.team_pace_last_10 AS opponent_pace_last_10,
  opponents.team_def_rating_last_10 AS opponent_def_rating_last_10,
  opponents.team_pace_last_10 - playing_teams.team_pace_last_10 AS pace_differential,
  player_lines.points_line,
  player_lines.opening_line,
  player_lines.points_line - player_lines.opening_line AS line_movement
FROM player_history
INNER JOIN playing_teams
  ON
    player_history.as_of = playing_teams.as_of
    AND player_history.team = playing_teams.team
LEFT JOIN upcoming_team_game_context AS opponents
  ON
    playing_teams.as_of = opponents.as_of
    AND playing_teams.opponent = opponents.team
LEFT JOIN players
  ON player_history.player_id = players.player_id
LEFT JOIN player_lines
  ON
    playing_teams.as_of = player_lines.as_of
    AND playing_teams.game_id = player_lines.game_id
    AND player_history.player_id = player_lines.player_id
WHERE player_history.last_game_date >= playing_teams.as_of - 30
