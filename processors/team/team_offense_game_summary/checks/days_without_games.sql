-- Every date with regular games: whether the one before it is at most a week away, as in the all-star break.
-- Days that were never downloaded leave no gap where the schedule comes from the same files.
-- ---
-- about: weeks of a regular season without a game
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       no break of a regular season is longer than a week; days that were never loaded leave no
--       gap
WITH
team_games AS (
  SELECT
    season,
    game_date,
    home_team AS team
  FROM schedule
  WHERE
    game_type = '2'
    AND status NOT IN ('postponed', 'cancelled', 'dropped')
  UNION ALL
  SELECT
    season,
    game_date,
    away_team AS team
  FROM schedule
  WHERE
    game_type = '2'
    AND status NOT IN ('postponed', 'cancelled', 'dropped')
),

game_days AS (
  SELECT
    season,
    game_date
  FROM team_games
  GROUP BY season, game_date
),

spans AS (
  SELECT
    season,
    game_date,
    LAG(game_date) OVER (PARTITION BY season ORDER BY game_date) AS day_before
  FROM game_days
),

holes AS (
  SELECT
    season,
    game_date,
    day_before
  FROM spans
  WHERE DATE_DIFF(game_date, day_before, DAY) > 7
),

games_before AS (
  SELECT
    holes.season,
    holes.game_date,
    team_games.team,
    COUNT(*) AS games
  FROM holes
  INNER JOIN team_games
    ON
      holes.season = team_games.season
      AND holes.game_date > team_games.game_date
  GROUP BY holes.season, holes.game_date, team_games.team
),

told AS (
  SELECT
    season,
    game_date,
    MIN(games) AS fewest,
    MAX(games) AS most
  FROM games_before
  GROUP BY season, game_date
)

SELECT
  spans.season,
  spans.game_date AS as_of,
  CONCAT(
    CAST(holes.day_before + 1 AS STRING),
    ' to ',
    CAST(holes.game_date - 1 AS STRING),
    ' without a game, teams with ',
    CAST(told.fewest AS STRING),
    ' to ',
    CAST(told.most AS STRING),
    ' games before'
  ) AS thing,
  IF(holes.game_date IS NULL, 1, 0) AS score
FROM spans
LEFT JOIN holes
  ON
    spans.season = holes.season
    AND spans.game_date = holes.game_date
LEFT JOIN told
  ON
    spans.season = told.season
    AND spans.game_date = told.game_date
WHERE spans.game_date IN UNNEST(@dates)
