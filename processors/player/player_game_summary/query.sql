-- What each player did in each covered final game of the date, with the line as last seen before tip-off.
WITH
covered_games AS (
  SELECT
    as_of,
    game_id
  FROM schedule
  WHERE
    status = 'final'
    AND covers_player_box
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

player_shots AS (
  SELECT
    as_of,
    game_id,
    player_id,
    COUNT(*) AS shot_rows,
    COUNTIF(made AND shot_value = 2 AND zone IN ('restricted_area', 'paint')) AS paint_made,
    COUNTIF(shot_value = 2 AND zone IN ('restricted_area', 'paint')) AS paint_attempted,
    COUNTIF(made AND shot_value = 2 AND zone NOT IN ('restricted_area', 'paint')) AS mid_range_made,
    COUNTIF(shot_value = 2 AND zone NOT IN ('restricted_area', 'paint')) AS mid_range_attempted,
    COUNTIF(made AND shot_value = 3) AS three_made,
    COUNTIF(shot_value = 3) AS three_attempted,
    COUNTIF(made AND assisted) AS assisted_made,
    COUNTIF(made AND assisted IS NULL) AS unknown_assists
  FROM shots
  GROUP BY
    as_of,
    game_id,
    player_id
),

closing_lines AS (
  SELECT
    as_of,
    game_id,
    player_id,
    line,
    bookmaker
  FROM lines
  WHERE market = 'points'
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY as_of, game_id, player_id
      ORDER BY snapshot_at DESC, bookmaker
    ) = 1
),

player_games AS (
  SELECT
    box.as_of,
    box.game_id,
    box.player_id,
    box.game_date,
    box.season,
    box.team,
    box.starter,
    box.minutes,
    box.fgm,
    box.fga,
    box.fg3m,
    box.fg3a,
    box.ftm,
    box.fta,
    box.oreb,
    box.dreb,
    box.reb,
    box.ast,
    box.stl,
    box.blk,
    box.tov,
    box.pf,
    box.pts,
    box.fga + 0.44 * box.fta + box.tov AS plays_used,
    shot_games.game_id IS NOT NULL AS has_shots
  FROM covered_games AS games
  INNER JOIN player_box AS box
    ON
      games.as_of = box.as_of
      AND games.game_id = box.game_id
  LEFT JOIN shot_games
    ON
      games.as_of = shot_games.as_of
      AND games.game_id = shot_games.game_id
  WHERE
    box.status = 'played'
    OR box.fgm + box.fga + box.fg3m + box.fg3a + box.ftm + box.fta + box.oreb + box.dreb
    + box.reb + box.ast + box.stl + box.blk + box.tov + box.pf + box.pts > 0
)

SELECT
  player_games.game_id,
  player_games.player_id,
  player_games.game_date,
  player_games.season,
  player_games.team,
  team_games.opponent,
  team_games.home_game,
  team_games.win,
  team_games.margin,
  player_games.starter,
  player_games.minutes AS minutes_played,
  player_games.fgm,
  player_games.fga,
  player_games.fg3m,
  player_games.fg3a,
  player_games.ftm,
  player_games.fta,
  player_games.oreb,
  player_games.dreb,
  player_games.reb,
  player_games.ast,
  player_games.stl,
  player_games.blk,
  player_games.tov,
  player_games.pf,
  player_games.pts,
  SAFE_DIVIDE(player_games.pts, 2 * (player_games.fga + 0.44 * player_games.fta)) AS ts_pct,
  SAFE_DIVIDE(player_games.fgm + 0.5 * player_games.fg3m, player_games.fga) AS efg_pct,
  IF(
    player_games.minutes >= 1,
    SAFE_DIVIDE(
      100 * player_games.plays_used * (team_games.minutes / 5),
      player_games.minutes * (team_games.fga + 0.44 * team_games.fta + team_games.tov)
    ),
    NULL
  ) AS usage_rate,
  IF(player_games.has_shots, COALESCE(player_shots.paint_made, 0), NULL) AS paint_made,
  IF(player_games.has_shots, COALESCE(player_shots.paint_attempted, 0), NULL) AS paint_attempted,
  IF(player_games.has_shots, COALESCE(player_shots.mid_range_made, 0), NULL) AS mid_range_made,
  IF(player_games.has_shots, COALESCE(player_shots.mid_range_attempted, 0), NULL) AS mid_range_attempted,
  IF(player_games.has_shots, COALESCE(player_shots.three_made, 0), NULL) AS three_made,
  IF(player_games.has_shots, COALESCE(player_shots.three_attempted, 0), NULL) AS three_attempted,
  IF(
    player_games.has_shots AND COALESCE(player_shots.unknown_assists, 0) = 0,
    COALESCE(player_shots.assisted_made, 0),
    NULL
  ) AS assisted_made,
  CASE
    WHEN NOT player_games.has_shots THEN 'absent'
    WHEN COALESCE(player_shots.shot_rows, 0) = player_games.fga THEN 'complete'
    ELSE 'partial'
  END AS shots_status,
  closing_lines.line AS points_line,
  closing_lines.bookmaker AS line_source,
  CASE
    WHEN player_games.pts > closing_lines.line THEN 'over'
    WHEN player_games.pts < closing_lines.line THEN 'under'
    WHEN player_games.pts = closing_lines.line THEN 'push'
  END AS over_under
FROM player_games
INNER JOIN team_offense_game_summary AS team_games
  ON
    player_games.as_of = team_games.as_of
    AND player_games.game_id = team_games.game_id
    AND player_games.team = team_games.team
LEFT JOIN player_shots
  ON
    player_games.as_of = player_shots.as_of
    AND player_games.game_id = player_shots.game_id
    AND player_games.player_id = player_shots.player_id
LEFT JOIN closing_lines
  ON
    player_games.as_of = closing_lines.as_of
    AND player_games.game_id = closing_lines.game_id
    AND player_games.player_id = closing_lines.player_id
