-- Every date with regular games: whether the break before it is a usual one. One of more than six days is
-- not, as the all-star games take up to that; nor is one of three where at most one in ten of its season is
-- half as long or longer, but for the first of the weeks around the all-star games.
-- Days that were never downloaded leave no gap where the schedule comes from the same files.
-- ---
-- about: days of a regular season without a game, more than its breaks have
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       elections, the cup's final and Christmas take two days of a regular season; days that were
--       never loaded leave no gap
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

days_before AS (
  SELECT
    season,
    game_date,
    LAG(game_date) OVER (PARTITION BY season ORDER BY game_date) AS day_before
  FROM game_days
),

spans AS (
  SELECT
    season,
    game_date,
    day_before,
    DATE_DIFF(game_date, day_before, DAY) - 1 AS free_days,
    DATE_DIFF(game_date, day_before, DAY) > 3
    AND 100 * EXTRACT(MONTH FROM day_before + 1) + EXTRACT(DAY FROM day_before + 1)
    BETWEEN 208 AND 308 AS may_be_all_star
  FROM days_before
  WHERE day_before IS NOT NULL
),

breaks AS (
  SELECT
    season,
    game_date,
    day_before,
    free_days,
    may_be_all_star
    AND ROW_NUMBER() OVER (PARTITION BY season, may_be_all_star ORDER BY game_date) = 1
      AS is_all_star
  FROM spans
),

similar AS (
  SELECT
    breaks.season,
    breaks.game_date,
    COUNT(*) AS every_break,
    SUM(IF(2 * others.free_days >= breaks.free_days, 1, 0)) AS similar_breaks
  FROM breaks
  INNER JOIN breaks AS others ON breaks.season = others.season
  WHERE
    breaks.free_days >= 3
    AND NOT breaks.is_all_star
    AND NOT others.is_all_star
  GROUP BY breaks.season, breaks.game_date
),

holes AS (
  SELECT
    breaks.season,
    breaks.game_date,
    breaks.day_before
  FROM breaks
  LEFT JOIN similar
    ON
      breaks.season = similar.season
      AND breaks.game_date = similar.game_date
  WHERE
    breaks.free_days > 6
    OR 10 * similar.similar_breaks <= similar.every_break
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
  days_before.season,
  days_before.game_date AS as_of,
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
FROM days_before
LEFT JOIN holes
  ON
    days_before.season = holes.season
    AND days_before.game_date = holes.game_date
LEFT JOIN told
  ON
    days_before.season = told.season
    AND days_before.game_date = told.game_date
WHERE days_before.game_date IN UNNEST(@dates)
