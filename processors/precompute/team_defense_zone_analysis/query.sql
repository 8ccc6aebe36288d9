-- Where each team is beaten: shooting allowed by zone over its last 15 games, against the league's mean.
WITH
window_games AS (
  SELECT
    as_of,
    season,
    team,
    COUNT(*) AS games_in_sample,
    COUNTIF(shots_status = 'complete') AS zone_games_in_sample,
    AVG(CAST(defensive_rating AS NUMERIC)) AS defensive_rating_last_15,
    AVG(CAST(opponent_pace AS NUMERIC)) AS opponent_pace_last_15,
    AVG(points_allowed) AS opponent_points_per_game,
    SUM(IF(shots_status = 'complete', paint_made_allowed, NULL)) AS paint_made,
    SUM(IF(shots_status = 'complete', paint_attempted_allowed, NULL)) AS paint_attempted,
    SUM(IF(shots_status = 'complete', mid_range_made_allowed, NULL)) AS mid_range_made,
    SUM(IF(shots_status = 'complete', mid_range_attempted_allowed, NULL)) AS mid_range_attempted,
    SUM(IF(shots_status = 'complete', three_made_allowed, NULL)) AS three_made,
    SUM(IF(shots_status = 'complete', three_attempted_allowed, NULL)) AS three_attempted
  FROM season_games
  WHERE games_ago <= 15
  GROUP BY
    as_of,
    season,
    team
),

team_zones AS (
  SELECT
    as_of,
    season,
    team,
    games_in_sample,
    zone_games_in_sample,
    defensive_rating_last_15,
    opponent_pace_last_15,
    opponent_points_per_game,
    paint_made,
    paint_attempted,
    mid_range_made,
    mid_range_attempted,
    three_made,
    three_attempted,
    SAFE_DIVIDE(paint_made, paint_attempted) AS paint_pct,
    SAFE_DIVIDE(mid_range_made, mid_range_attempted) AS mid_range_pct,
    SAFE_DIVIDE(three_made, three_attempted) AS three_pct
  FROM window_games
  WHERE games_in_sample >= 10
),

league_zones AS (
  SELECT
    as_of,
    AVG(CAST(paint_pct AS NUMERIC)) AS paint_pct,
    AVG(CAST(mid_range_pct AS NUMERIC)) AS mid_range_pct,
    AVG(CAST(three_pct AS NUMERIC)) AS three_pct
  FROM team_zones
  GROUP BY as_of
),

compared_teams AS (
  SELECT
    teams.as_of,
    teams.season,
    teams.team,
    teams.games_in_sample,
    teams.zone_games_in_sample,
    teams.defensive_rating_last_15,
    teams.opponent_pace_last_15,
    teams.opponent_points_per_game,
    teams.paint_made,
    teams.paint_attempted,
    teams.paint_pct,
    teams.mid_range_made,
    teams.mid_range_attempted,
    teams.mid_range_pct,
    teams.three_made,
    teams.three_attempted,
    teams.three_pct,
    100 * (teams.paint_pct - league.paint_pct) AS paint_vs_league,
    100 * (teams.mid_range_pct - league.mid_range_pct) AS mid_range_vs_league,
    100 * (teams.three_pct - league.three_pct) AS three_vs_league
  FROM team_zones AS teams
  INNER JOIN league_zones AS league
    ON teams.as_of = league.as_of
  WHERE teams.games_in_sample >= 15
),

zone_bounds AS (
  SELECT
    as_of,
    team,
    LEAST(
      COALESCE(paint_vs_league, 1000), COALESCE(mid_range_vs_league, 1000), COALESCE(three_vs_league, 1000)
    ) AS smallest,
    GREATEST(
      COALESCE(paint_vs_league, -1000), COALESCE(mid_range_vs_league, -1000), COALESCE(three_vs_league, -1000)
    ) AS largest
  FROM compared_teams
)

SELECT
  compared_teams.as_of AS analysis_date,
  compared_teams.team,
  compared_teams.season,
  compared_teams.games_in_sample,
  compared_teams.zone_games_in_sample,
  compared_teams.paint_pct AS paint_pct_allowed_last_15,
  SAFE_DIVIDE(
    compared_teams.paint_attempted, compared_teams.zone_games_in_sample
  ) AS paint_attempts_allowed_per_game,
  SAFE_DIVIDE(
    2 * compared_teams.paint_made, compared_teams.zone_games_in_sample
  ) AS paint_points_allowed_per_game,
  compared_teams.paint_vs_league AS paint_defense_vs_league_avg,
  compared_teams.mid_range_pct AS mid_range_pct_allowed_last_15,
  SAFE_DIVIDE(
    compared_teams.mid_range_attempted, compared_teams.zone_games_in_sample
  ) AS mid_range_attempts_allowed_per_game,
  SAFE_DIVIDE(
    2 * compared_teams.mid_range_made, compared_teams.zone_games_in_sample
  ) AS mid_range_points_allowed_per_game,
  compared_teams.mid_range_vs_league AS mid_range_defense_vs_league_avg,
  compared_teams.three_pct AS three_pct_allowed_last_15,
  SAFE_DIVIDE(
    compared_teams.three_attempted, compared_teams.zone_games_in_sample
  ) AS three_attempts_allowed_per_game,
  SAFE_DIVIDE(
    3 * compared_teams.three_made, compared_teams.zone_games_in_sample
  ) AS three_points_allowed_per_game,
  compared_teams.three_vs_league AS three_defense_vs_league_avg,
  compared_teams.defensive_rating_last_15,
  compared_teams.opponent_pace_last_15,
  compared_teams.opponent_points_per_game,
  CASE zone_bounds.smallest
    WHEN compared_teams.paint_vs_league THEN 'paint'
    WHEN compared_teams.mid_range_vs_league THEN 'mid_range'
    WHEN compared_teams.three_vs_league THEN 'three'
  END AS strongest_zone,
  CASE zone_bounds.largest
    WHEN compared_teams.paint_vs_league THEN 'paint'
    WHEN compared_teams.mid_range_vs_league THEN 'mid_range'
    WHEN compared_teams.three_vs_league THEN 'three'
  END AS weakest_zone
FROM compared_teams
INNER JOIN zone_bounds
  ON
    compared_teams.as_of = zone_bounds.as_of
    AND compared_teams.team = zone_bounds.team
