-- What is known of each expected player with 5 games or more before the date, in one row.
WITH
player_history AS (
  SELECT
    as_of,
    player_id,
    AVG(pts) AS points_avg_season,
    COUNTIF(games_ago <= 10) AS games_10,
    SUM(IF(games_ago <= 10, pts, 0)) AS points_10,
    SUM(IF(games_ago <= 10, pts * pts, 0)) AS squared_points_10,
    AVG(IF(games_ago <= 10, CAST(minutes_played AS NUMERIC), NULL)) AS minutes_avg_last_10,
    AVG(CAST(minutes_played AS NUMERIC)) AS minutes_avg_season,
    SUM(IF(games_ago <= 10, CAST(usage_rate * minutes_played AS NUMERIC), NULL)) AS usage_minutes_10,
    SUM(
      IF(games_ago <= 10 AND usage_rate IS NOT NULL, CAST(minutes_played AS NUMERIC), NULL)
    ) AS minutes_10,
    SUM(IF(games_ago <= 10, fga, 0)) AS fga_10,
    SUM(IF(games_ago <= 10, fta, 0)) AS fta_10
  FROM season_games
  GROUP BY
    as_of,
    player_id
)

SELECT
  roster.as_of AS cache_date,
  roster.player_id,
  roster.season,
  roster.team,
  roster.games_played_season < 10 AS early_season,
  roster.points_avg_last_5,
  roster.points_avg_last_10,
  history.points_avg_season,
  SQRT(
    SAFE_DIVIDE(
      history.games_10 * history.squared_points_10 - history.points_10 * history.points_10,
      history.games_10 * (history.games_10 - 1)
    )
  ) AS points_std_last_10,
  history.minutes_avg_last_10,
  history.minutes_avg_season,
  SAFE_DIVIDE(history.usage_minutes_10, history.minutes_10) AS usage_rate_last_10,
  roster.usage_rate_season,
  SAFE_DIVIDE(history.points_10, 2 * (history.fga_10 + 0.44 * history.fta_10)) AS ts_pct_last_10,
  roster.games_played_season,
  teams.team_pace_last_10,
  teams.team_off_rating_last_10,
  roster.games_last_7_days,
  roster.games_last_14_days,
  roster.minutes_last_7_days,
  roster.minutes_last_14_days,
  zones.paint_rate_last_10,
  zones.mid_range_rate_last_10,
  zones.three_rate_last_10,
  zones.assisted_rate_last_10,
  zones.primary_scoring_zone,
  roster.player_age
FROM upcoming_player_game_context AS roster
INNER JOIN player_history AS history
  ON
    roster.as_of = history.as_of
    AND roster.player_id = history.player_id
LEFT JOIN upcoming_team_game_context AS teams
  ON
    roster.as_of = teams.as_of
    AND roster.team = teams.team
LEFT JOIN player_shot_zone_analysis AS zones
  ON
    roster.as_of = zones.as_of
    AND roster.player_id = zones.player_id
WHERE roster.games_played_season >= 5
