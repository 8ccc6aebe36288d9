-- One row per date of the schedule with eligible games, played or called off: what the calendar is made of.
-- A game is called off when it is postponed, cancelled or dropped; open when it is neither final nor called
-- off; overdue when it is still open although games of two days later are final.
WITH
latest AS (
  SELECT MAX(game_date) AS final_date
  FROM schedule
  WHERE
    status = 'final'
    AND game_type IN ('2', '4', '5', '6')
),

eligible_games AS (
  SELECT
    games.game_date,
    games.season,
    games.game_id,
    games.game_type,
    games.status,
    games.home_team,
    games.away_team,
    games.covers_player_box,
    games.status IN ('postponed', 'cancelled', 'dropped') AS is_called_off,
    games.status NOT IN ('final', 'postponed', 'cancelled', 'dropped') AS is_open,
    games.status NOT IN ('final', 'postponed', 'cancelled', 'dropped')
    AND DATE_DIFF(latest.final_date, games.game_date, DAY) >= 2 AS is_overdue
  FROM schedule AS games
  CROSS JOIN latest
  WHERE games.game_type IN ('2', '4', '5', '6')
),

seasons AS (
  SELECT
    season,
    MIN(IF(game_type = '2', game_date, NULL)) AS first_regular_date,
    MIN(game_date) AS first_date,
    MIN(IF(is_open, game_date, NULL)) AS first_open_date,
    MIN(IF(is_overdue, game_date, NULL)) AS first_overdue_date
  FROM eligible_games
  GROUP BY season
),

team_rows AS (
  SELECT
    games.game_id,
    COUNT(box.team) AS team_rows
  FROM eligible_games AS games
  LEFT JOIN team_box AS box
    ON
      games.game_id = box.game_id
      AND box.team IN (games.home_team, games.away_team)
  GROUP BY games.game_id
),

active_players AS (
  SELECT
    games.game_id,
    COUNTIF(box.team = games.home_team) AS home_active,
    COUNTIF(box.team = games.away_team) AS away_active
  FROM eligible_games AS games
  INNER JOIN player_box AS box
    ON games.game_id = box.game_id
  WHERE
    box.minutes > 0
    OR box.fgm + box.fga + box.fg3m + box.fg3a + box.ftm + box.fta + box.oreb + box.dreb
    + box.reb + box.ast + box.stl + box.blk + box.tov + box.pf + box.pts > 0
  GROUP BY games.game_id
)

SELECT
  eligible.game_date,
  eligible.season,
  seasons.first_date AS season_start,
  seasons.first_regular_date,
  seasons.first_open_date,
  seasons.first_overdue_date,
  COUNTIF(NOT eligible.is_called_off) AS games,
  COUNTIF(eligible.status = 'final') AS final_games,
  COUNTIF(NOT eligible.is_called_off AND eligible.covers_player_box) AS covered_games,
  COUNTIF(eligible.status = 'final' AND eligible.covers_player_box) AS covered_final_games,
  COALESCE(
    MIN(IF(eligible.game_type = '2' AND NOT eligible.is_called_off, eligible.game_id, NULL)), ''
  ) AS first_regular_game,
  STRING_AGG(
    IF(eligible.is_called_off, eligible.game_id, NULL), ' ' ORDER BY eligible.game_id
  ) AS called_off_games,
  STRING_AGG(
    IF(eligible.is_open, eligible.game_id, NULL), ' ' ORDER BY eligible.game_id
  ) AS open_games,
  STRING_AGG(
    IF(eligible.is_overdue, eligible.game_id, NULL), ' ' ORDER BY eligible.game_id
  ) AS overdue_games,
  STRING_AGG(
    IF(eligible.status = 'final' AND team_rows.team_rows != 2, eligible.game_id, NULL),
    ' '
    ORDER BY eligible.game_id
  ) AS games_without_team_box,
  STRING_AGG(
    IF(eligible.status = 'final' AND team_rows.team_rows = 1, eligible.game_id, NULL),
    ' '
    ORDER BY eligible.game_id
  ) AS games_with_one_team_row,
  STRING_AGG(
    IF(
      eligible.status = 'final'
      AND eligible.covers_player_box
      AND LEAST(COALESCE(active.home_active, 0), COALESCE(active.away_active, 0)) < 5,
      eligible.game_id,
      NULL
    ),
    ' '
    ORDER BY eligible.game_id
  ) AS games_without_player_box
FROM eligible_games AS eligible
INNER JOIN seasons
  ON eligible.season = seasons.season
INNER JOIN team_rows
  ON eligible.game_id = team_rows.game_id
LEFT JOIN active_players AS active
  ON eligible.game_id = active.game_id
GROUP BY
  eligible.game_date,
  eligible.season,
  seasons.first_date,
  seasons.first_regular_date,
  seasons.first_open_date,
  seasons.first_overdue_date
