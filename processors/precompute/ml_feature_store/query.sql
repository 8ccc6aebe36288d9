-- The features of each player in the daily cache. ALL_FEATURES() is written from table.yaml:
-- their version, the features, the status of each, and the share of them that is known.
WITH
career_meetings AS (
  SELECT
    roster.as_of,
    roster.player_id,
    COUNT(*) AS games_vs_opponent,
    AVG(career_games.pts) AS avg_points_vs_opponent
  FROM upcoming_player_game_context AS roster
  INNER JOIN career_games
    ON
      roster.as_of = career_games.as_of
      AND roster.player_id = career_games.player_id
      AND roster.opponent = career_games.opponent
  GROUP BY
    roster.as_of,
    roster.player_id
),

recent_form AS (
  SELECT
    as_of,
    player_id,
    COUNT(*) AS games_in_window,
    SUM(pts) AS points_10,
    SUM(ftm) AS ftm_10,
    SUM(CAST(minutes_played AS NUMERIC)) AS minutes_10,
    AVG(IF(games_ago <= 2, pts, NULL)) - AVG(IF(games_ago BETWEEN 3 AND 5, pts, NULL)) AS trend
  FROM season_games
  WHERE games_ago <= 10
  GROUP BY
    as_of,
    player_id
),

last_reports AS (
  SELECT
    as_of,
    game_id,
    team,
    reported_at,
    submitted
  FROM reports
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY as_of, game_id, team ORDER BY reported_at DESC) = 1
),

features AS (
  SELECT
    cache.as_of,
    cache.season,
    cache.player_id,
    cache.points_avg_last_5,
    cache.points_avg_last_10,
    cache.points_avg_season,
    cache.points_std_last_10,
    cache.games_last_7_days AS games_in_last_7_days,
    factors.fatigue_score,
    factors.shot_zone_mismatch_score,
    COALESCE(factors.shot_zone_mismatch_status, 'upstream_missing') AS shot_zone_mismatch_status,
    factors.pace_score,
    COALESCE(factors.pace_status, 'upstream_missing') AS pace_status,
    factors.usage_spike_score,
    COALESCE(factors.usage_spike_status, 'upstream_missing') AS usage_spike_status,
    LEAST(GREATEST(roster.days_rest - roster.opponent_rest_days, -2), 2) AS rest_advantage,
    CASE
      WHEN NOT COALESCE(reported.submitted, FALSE) THEN NULL
      WHEN injured.status = 'Out' THEN 1.0
      WHEN injured.status = 'Doubtful' THEN 0.75
      WHEN injured.status = 'Questionable' THEN 0.5
      WHEN injured.status = 'Probable' THEN 0.25
      ELSE 0.0
    END AS injury_risk,
    IF(form.games_in_window >= 5, form.trend, NULL) AS recent_trend,
    SAFE_DIVIDE(
      cache.minutes_avg_last_10 - cache.minutes_avg_season, cache.minutes_avg_season
    ) AS minutes_change,
    roster.opponent_def_rating_last_10 AS opponent_def_rating,
    roster.opponent_pace_last_10 AS opponent_pace,
    IF(roster.home_game, 1, 0) AS home_away,
    IF(roster.back_to_back, 1, 0) AS back_to_back,
    IF(games.game_type = '4', 1, 0) AS playoff_game,
    cache.paint_rate_last_10 AS pct_paint,
    cache.mid_range_rate_last_10 AS pct_mid_range,
    cache.three_rate_last_10 AS pct_three,
    IF(zones.games_in_sample_10 = 0, 'absent', 'insufficient_history') AS zone_status,
    SAFE_DIVIDE(100 * form.ftm_10, form.points_10) AS pct_free_throw,
    cache.team_pace_last_10 AS team_pace,
    cache.team_off_rating_last_10 AS team_off_rating,
    IF(teams.wins + teams.losses >= 5, teams.wins / (teams.wins + teams.losses), NULL) AS team_win_pct,
    roster.points_line AS vegas_points_line,
    roster.opening_line AS vegas_opening_line,
    roster.line_movement AS vegas_line_move,
    CASE
      WHEN NOT games.covers_props THEN NULL
      WHEN roster.points_line IS NULL THEN 0
      ELSE 1
    END AS has_vegas_line,
    meetings.avg_points_vs_opponent,
    COALESCE(meetings.games_vs_opponent, 0) AS games_vs_opponent,
    cache.minutes_avg_last_10,
    SAFE_DIVIDE(form.points_10, form.minutes_10) AS ppm_avg_last_10
  FROM player_daily_cache AS cache
  INNER JOIN upcoming_player_game_context AS roster
    ON
      cache.as_of = roster.as_of
      AND cache.player_id = roster.player_id
  INNER JOIN schedule AS games
    ON
      roster.as_of = games.as_of
      AND roster.game_id = games.game_id
  LEFT JOIN upcoming_team_game_context AS teams
    ON
      roster.as_of = teams.as_of
      AND roster.team = teams.team
  LEFT JOIN player_composite_factors AS factors
    ON
      cache.as_of = factors.as_of
      AND cache.player_id = factors.player_id
  LEFT JOIN player_shot_zone_analysis AS zones
    ON
      cache.as_of = zones.as_of
      AND cache.player_id = zones.player_id
  LEFT JOIN recent_form AS form
    ON
      cache.as_of = form.as_of
      AND cache.player_id = form.player_id
  LEFT JOIN career_meetings AS meetings
    ON
      cache.as_of = meetings.as_of
      AND cache.player_id = meetings.player_id
  LEFT JOIN last_reports AS reported
    ON
      roster.as_of = reported.as_of
      AND roster.game_id = reported.game_id
      AND roster.team = reported.team
  LEFT JOIN injuries AS injured
    ON
      reported.as_of = injured.as_of
      AND reported.game_id = injured.game_id
      AND reported.reported_at = injured.reported_at
      AND roster.player_id = injured.player_id
)

SELECT
  as_of AS game_date,
  player_id,
  season,
  ALL_FEATURES() AS all_features
FROM features
