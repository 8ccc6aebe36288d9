-- Where each player shoots from and how well: his last 10 games, and his last 20 once he has 15.
WITH
window_games AS (
  SELECT
    as_of,
    season,
    player_id,
    COUNT(*) AS games_in_window,
    COUNTIF(games_ago <= 10) AS games_10,
    COUNTIF(games_ago <= 10 AND shots_status = 'complete') AS zone_games_10,
    COUNTIF(shots_status = 'complete') AS zone_games_20,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', paint_made, NULL)) AS paint_made_10,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', paint_attempted, NULL)) AS paint_attempted_10,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', mid_range_made, NULL)) AS mid_range_made_10,
    SUM(
      IF(games_ago <= 10 AND shots_status = 'complete', mid_range_attempted, NULL)
    ) AS mid_range_attempted_10,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', three_made, NULL)) AS three_made_10,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', three_attempted, NULL)) AS three_attempted_10,
    SUM(IF(shots_status = 'complete', paint_made, NULL)) AS paint_made_20,
    SUM(IF(shots_status = 'complete', paint_attempted, NULL)) AS paint_attempted_20,
    SUM(IF(shots_status = 'complete', mid_range_made, NULL)) AS mid_range_made_20,
    SUM(IF(shots_status = 'complete', mid_range_attempted, NULL)) AS mid_range_attempted_20,
    SUM(IF(shots_status = 'complete', three_made, NULL)) AS three_made_20,
    SUM(IF(shots_status = 'complete', three_attempted, NULL)) AS three_attempted_20,
    SUM(IF(games_ago <= 10 AND shots_status = 'complete', assisted_made, NULL)) AS assisted_made_10,
    SUM(
      IF(
        games_ago <= 10 AND shots_status = 'complete' AND assisted_made IS NOT NULL,
        paint_made + mid_range_made + three_made,
        NULL
      )
    ) AS assistable_made_10
  FROM season_games
  WHERE games_ago <= 20
  GROUP BY
    as_of,
    season,
    player_id
),

eligible_players AS (
  SELECT
    as_of,
    season,
    player_id,
    games_10,
    zone_games_10,
    paint_made_10,
    paint_attempted_10,
    mid_range_made_10,
    mid_range_attempted_10,
    three_made_10,
    three_attempted_10,
    assisted_made_10,
    assistable_made_10,
    paint_attempted_10 + mid_range_attempted_10 + three_attempted_10 AS shots_10,
    IF(games_in_window >= 15, zone_games_20, NULL) AS zone_games_20,
    IF(games_in_window >= 15, paint_made_20, NULL) AS paint_made_20,
    IF(games_in_window >= 15, paint_attempted_20, NULL) AS paint_attempted_20,
    IF(games_in_window >= 15, mid_range_made_20, NULL) AS mid_range_made_20,
    IF(games_in_window >= 15, mid_range_attempted_20, NULL) AS mid_range_attempted_20,
    IF(games_in_window >= 15, three_made_20, NULL) AS three_made_20,
    IF(games_in_window >= 15, three_attempted_20, NULL) AS three_attempted_20,
    IF(
      games_in_window >= 15,
      paint_attempted_20 + mid_range_attempted_20 + three_attempted_20,
      NULL
    ) AS shots_20
  FROM window_games
  WHERE games_in_window >= 10
),

zone_rates AS (
  SELECT
    as_of,
    player_id,
    SAFE_DIVIDE(100 * paint_attempted_10, shots_10) AS paint_rate,
    SAFE_DIVIDE(100 * mid_range_attempted_10, shots_10) AS mid_range_rate,
    SAFE_DIVIDE(100 * three_attempted_10, shots_10) AS three_rate
  FROM eligible_players
)

SELECT
  players.as_of AS analysis_date,
  players.player_id,
  players.season,
  players.zone_games_10 AS games_in_sample_10,
  players.shots_10 AS total_shots_last_10,
  rates.paint_rate AS paint_rate_last_10,
  SAFE_DIVIDE(players.paint_made_10, players.paint_attempted_10) AS paint_pct_last_10,
  SAFE_DIVIDE(players.paint_attempted_10, players.zone_games_10) AS paint_attempts_per_game_last_10,
  rates.mid_range_rate AS mid_range_rate_last_10,
  SAFE_DIVIDE(players.mid_range_made_10, players.mid_range_attempted_10) AS mid_range_pct_last_10,
  SAFE_DIVIDE(players.mid_range_attempted_10, players.zone_games_10) AS mid_range_attempts_per_game_last_10,
  rates.three_rate AS three_rate_last_10,
  SAFE_DIVIDE(players.three_made_10, players.three_attempted_10) AS three_pct_last_10,
  SAFE_DIVIDE(players.three_attempted_10, players.zone_games_10) AS three_attempts_per_game_last_10,
  players.zone_games_20 AS games_in_sample_20,
  players.shots_20 AS total_shots_last_20,
  SAFE_DIVIDE(100 * players.paint_attempted_20, players.shots_20) AS paint_rate_last_20,
  SAFE_DIVIDE(players.paint_made_20, players.paint_attempted_20) AS paint_pct_last_20,
  SAFE_DIVIDE(players.paint_attempted_20, players.zone_games_20) AS paint_attempts_per_game_last_20,
  SAFE_DIVIDE(100 * players.mid_range_attempted_20, players.shots_20) AS mid_range_rate_last_20,
  SAFE_DIVIDE(players.mid_range_made_20, players.mid_range_attempted_20) AS mid_range_pct_last_20,
  SAFE_DIVIDE(players.mid_range_attempted_20, players.zone_games_20) AS mid_range_attempts_per_game_last_20,
  SAFE_DIVIDE(100 * players.three_attempted_20, players.shots_20) AS three_rate_last_20,
  SAFE_DIVIDE(players.three_made_20, players.three_attempted_20) AS three_pct_last_20,
  SAFE_DIVIDE(players.three_attempted_20, players.zone_games_20) AS three_attempts_per_game_last_20,
  players.games_10 - players.zone_games_10 AS games_without_zones_10,
  SAFE_DIVIDE(100 * players.assisted_made_10, players.assistable_made_10) AS assisted_rate_last_10,
  CASE
    WHEN rates.paint_rate IS NULL THEN NULL
    WHEN rates.paint_rate >= 40 THEN 'paint'
    WHEN rates.three_rate >= 40 THEN 'perimeter'
    WHEN rates.mid_range_rate >= 35 THEN 'mid_range'
    ELSE 'balanced'
  END AS primary_scoring_zone
FROM eligible_players AS players
INNER JOIN zone_rates AS rates
  ON
    players.as_of = rates.as_of
    AND players.player_id = rates.player_id
