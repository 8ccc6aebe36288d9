-- What each team did with the ball in each eligible final game of the date.
WITH
final_games AS (
  SELECT
    as_of,
    game_id,
    game_type,
    home_team
  FROM schedule
  WHERE
    status = 'final'
    AND game_type IN ('2', '4', '5', '6')
),

shot_games AS (
  SELECT
    as_of,
    game_id
  FROM shots
  GROUP BY
    as_of,
    game_id
),

team_shots AS (
  SELECT
    as_of,
    game_id,
    team,
    COUNT(*) AS shot_rows,
    COUNTIF(made AND shot_value = 2 AND zone IN ('restricted_area', 'paint')) AS paint_made,
    COUNTIF(shot_value = 2 AND zone IN ('restricted_area', 'paint')) AS paint_attempted,
    COUNTIF(made AND shot_value = 2 AND zone NOT IN ('restricted_area', 'paint')) AS mid_range_made,
    COUNTIF(shot_value = 2 AND zone NOT IN ('restricted_area', 'paint')) AS mid_range_attempted,
    COUNTIF(made AND shot_value = 3) AS three_made,
    COUNTIF(shot_value = 3) AS three_attempted
  FROM shots
  GROUP BY
    as_of,
    game_id,
    team
),

team_games AS (
  SELECT
    own.as_of,
    own.game_id,
    own.team,
    own.game_date,
    own.season,
    own.minutes,
    own.fgm,
    own.fga,
    own.fg3m,
    own.fg3a,
    own.ftm,
    own.fta,
    own.oreb,
    own.dreb,
    own.reb,
    own.ast,
    own.stl,
    own.blk,
    own.tov,
    own.pf,
    own.pts,
    games.game_type,
    games.home_team,
    opponent.team AS opponent,
    opponent.pts AS opponent_pts,
    own.fga + 0.44 * own.fta + own.tov - own.oreb AS possessions,
    GREATEST(0, CAST(ROUND((own.minutes - 240) / 25) AS INT64)) AS overtime_periods,
    shot_games.game_id IS NOT NULL AS has_shots
  FROM final_games AS games
  INNER JOIN team_box AS own
    ON
      games.as_of = own.as_of
      AND games.game_id = own.game_id
  INNER JOIN team_box AS opponent
    ON
      own.as_of = opponent.as_of
      AND own.game_id = opponent.game_id
      AND own.team != opponent.team
  LEFT JOIN shot_games
    ON
      games.as_of = shot_games.as_of
      AND games.game_id = shot_games.game_id
)

SELECT
  team_games.game_id,
  team_games.team,
  team_games.game_date,
  team_games.season,
  team_games.game_type,
  team_games.opponent,
  team_games.team = team_games.home_team AS home_game,
  team_games.pts > team_games.opponent_pts AS win,
  team_games.pts - team_games.opponent_pts AS margin,
  team_games.minutes,
  team_games.overtime_periods,
  team_games.fgm,
  team_games.fga,
  team_games.fg3m,
  team_games.fg3a,
  team_games.ftm,
  team_games.fta,
  team_games.oreb,
  team_games.dreb,
  team_games.reb,
  team_games.ast,
  team_games.stl,
  team_games.blk,
  team_games.tov,
  team_games.pf,
  team_games.pts,
  team_games.possessions,
  48 * team_games.possessions / ((240 + 25 * team_games.overtime_periods) / 5) AS pace,
  SAFE_DIVIDE(100 * team_games.pts, team_games.possessions) AS offensive_rating,
  SAFE_DIVIDE(team_games.pts, 2 * (team_games.fga + 0.44 * team_games.fta)) AS ts_pct,
  SAFE_DIVIDE(team_games.fgm + 0.5 * team_games.fg3m, team_games.fga) AS efg_pct,
  IF(team_games.has_shots, COALESCE(team_shots.paint_made, 0), NULL) AS paint_made,
  IF(team_games.has_shots, COALESCE(team_shots.paint_attempted, 0), NULL) AS paint_attempted,
  IF(team_games.has_shots, COALESCE(team_shots.mid_range_made, 0), NULL) AS mid_range_made,
  IF(team_games.has_shots, COALESCE(team_shots.mid_range_attempted, 0), NULL) AS mid_range_attempted,
  IF(team_games.has_shots, COALESCE(team_shots.three_made, 0), NULL) AS three_made,
  IF(team_games.has_shots, COALESCE(team_shots.three_attempted, 0), NULL) AS three_attempted,
  CASE
    WHEN NOT team_games.has_shots THEN 'absent'
    WHEN COALESCE(team_shots.shot_rows, 0) = team_games.fga THEN 'complete'
    ELSE 'partial'
  END AS shots_status
FROM team_games
LEFT JOIN team_shots
  ON
    team_games.as_of = team_shots.as_of
    AND team_games.game_id = team_shots.game_id
    AND team_games.team = team_shots.team
