-- What moves a player's expectation on the date: fatigue, his zones against the opponent's, pace, usage.
WITH
matchups AS (
  SELECT
    roster.as_of,
    roster.season,
    roster.player_id,
    roster.team,
    roster.opponent,
    roster.back_to_back,
    roster.days_rest,
    roster.games_last_7_days,
    roster.minutes_last_7_days,
    roster.avg_minutes_last_7_days,
    roster.back_to_backs_last_14_days,
    roster.player_age,
    roster.games_played_season,
    roster.pace_differential,
    roster.usage_rate_last_5,
    roster.usage_rate_season,
    opponents.game_number - 1 AS opponent_games,
    zones.player_id IS NOT NULL AS has_player_zones,
    zones.games_in_sample_10 AS player_zone_games,
    zones.primary_scoring_zone,
    zones.paint_rate_last_10,
    zones.mid_range_rate_last_10,
    zones.three_rate_last_10,
    defenses.team IS NOT NULL AS has_opponent_zones,
    defenses.zone_games_in_sample AS opponent_zone_games,
    defenses.paint_defense_vs_league_avg AS paint_defense,
    defenses.mid_range_defense_vs_league_avg AS mid_range_defense,
    defenses.three_defense_vs_league_avg AS three_defense
  FROM upcoming_player_game_context AS roster
  LEFT JOIN upcoming_team_game_context AS opponents
    ON
      roster.as_of = opponents.as_of
      AND roster.opponent = opponents.team
  LEFT JOIN player_shot_zone_analysis AS zones
    ON
      roster.as_of = zones.as_of
      AND roster.player_id = zones.player_id
  LEFT JOIN team_defense_zone_analysis AS defenses
    ON
      roster.as_of = defenses.as_of
      AND roster.opponent = defenses.team
),

raw_scores AS (
  SELECT
    as_of,
    player_id,
    100
    + CASE
      WHEN back_to_back THEN -15
      WHEN days_rest >= 3 THEN 5
      ELSE 0
    END
    - IF(games_last_7_days >= 4, 10, 0)
    - IF(minutes_last_7_days > 140, 10, 0)
    - IF(avg_minutes_last_7_days > 35, 8, 0)
    - CASE
      WHEN back_to_backs_last_14_days >= 2 THEN 12
      WHEN back_to_backs_last_14_days = 1 THEN 5
      ELSE 0
    END
    - CASE
      WHEN player_age >= 35 THEN 10
      WHEN player_age >= 30 THEN 5
      ELSE 0
    END AS fatigue,
    CASE primary_scoring_zone
      WHEN 'paint' THEN paint_defense * LEAST(paint_rate_last_10 / 50, 1)
      WHEN 'perimeter' THEN three_defense * LEAST(three_rate_last_10 / 50, 1)
      WHEN 'mid_range' THEN mid_range_defense * LEAST(mid_range_rate_last_10 / 50, 1)
      WHEN 'balanced'
        THEN SAFE_DIVIDE(
          paint_rate_last_10 * paint_defense
          + mid_range_rate_last_10 * mid_range_defense
          + three_rate_last_10 * three_defense,
          paint_rate_last_10 + mid_range_rate_last_10 + three_rate_last_10
        )
    END AS mismatch
  FROM matchups
),

scores AS (
  SELECT
    matchups.as_of,
    matchups.season,
    matchups.player_id,
    matchups.team,
    matchups.opponent,
    LEAST(GREATEST(raw_scores.fatigue, 0), 100) AS fatigue_score,
    LEAST(
      GREATEST(IF(ABS(raw_scores.mismatch) > 5, raw_scores.mismatch * 1.2, raw_scores.mismatch), -10), 10
    ) AS shot_zone_mismatch_score,
    LEAST(GREATEST(matchups.pace_differential / 2, -3), 3) AS pace_score,
    IF(
      matchups.games_played_season > 5,
      LEAST(GREATEST(0.3 * (matchups.usage_rate_last_5 - matchups.usage_rate_season), -3), 3),
      NULL
    ) AS usage_spike_score,
    CASE
      WHEN raw_scores.mismatch IS NOT NULL THEN 'ok'
      WHEN matchups.games_played_season < 10 OR matchups.opponent_games < 15 THEN 'insufficient_history'
      WHEN matchups.player_zone_games = 0 OR matchups.opponent_zone_games = 0 THEN 'absent'
      WHEN
        matchups.has_player_zones
        AND (matchups.has_opponent_zones OR matchups.primary_scoring_zone IS NULL)
        THEN 'insufficient_history'
      ELSE 'upstream_missing'
    END AS shot_zone_mismatch_status,
    IF(matchups.player_age IS NULL, 'absent', 'ok') AS age_status
  FROM matchups
  INNER JOIN raw_scores
    ON
      matchups.as_of = raw_scores.as_of
      AND matchups.player_id = raw_scores.player_id
)

SELECT
  as_of AS game_date,
  player_id,
  season,
  team,
  opponent,
  fatigue_score,
  (fatigue_score - 100) / 20 AS fatigue_adjustment,
  shot_zone_mismatch_score,
  pace_score,
  usage_spike_score,
  (fatigue_score - 100) / 20
  + COALESCE(shot_zone_mismatch_score, 0)
  + COALESCE(pace_score, 0)
  + COALESCE(usage_spike_score, 0) AS total_composite_adjustment,
  1
  + IF(shot_zone_mismatch_score IS NULL, 0, 1)
  + IF(pace_score IS NULL, 0, 1)
  + IF(usage_spike_score IS NULL, 0, 1) AS parts_present,
  'ok' AS fatigue_status,
  shot_zone_mismatch_status,
  IF(pace_score IS NULL, 'insufficient_history', 'ok') AS pace_status,
  IF(usage_spike_score IS NULL, 'insufficient_history', 'ok') AS usage_spike_status,
  age_status
FROM scores
