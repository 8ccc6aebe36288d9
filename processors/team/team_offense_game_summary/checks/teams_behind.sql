-- Every team of a season whose last final date is in the range: whether it has nearly as many final regular
-- games as the average of its season. Games of one team that were never downloaded leave no gap where the
-- schedule comes from the same files.
-- ---
-- about: teams with far fewer games than the others
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       no team of two real seasons was more than four games behind the average on any date; games
--       that were never loaded leave no gap
WITH
team_games AS (
  SELECT
    season,
    game_date,
    home_team AS team,
    IF(status = 'final', 1, 0) AS is_final
  FROM schedule
  WHERE game_type = '2'
  UNION ALL
  SELECT
    season,
    game_date,
    away_team AS team,
    IF(status = 'final', 1, 0) AS is_final
  FROM schedule
  WHERE game_type = '2'
),

last_dates AS (
  SELECT
    season,
    MAX(game_date) AS game_date
  FROM team_games
  WHERE is_final = 1
  GROUP BY season
),

teams AS (
  SELECT
    season,
    team,
    SUM(is_final) AS games
  FROM team_games
  GROUP BY season, team
),

averages AS (
  SELECT
    season,
    AVG(games) AS games
  FROM teams
  GROUP BY season
)

SELECT
  teams.season,
  last_dates.game_date AS as_of,
  CONCAT(
    teams.team,
    ' has ',
    CAST(teams.games AS STRING),
    ' games, a team ',
    CAST(CAST(ROUND(averages.games) AS INT64) AS STRING),
    ' on average'
  ) AS thing,
  IF(teams.games >= averages.games - GREATEST(5, 0.2 * averages.games), 1, 0) AS score
FROM teams
INNER JOIN averages ON teams.season = averages.season
INNER JOIN last_dates ON teams.season = last_dates.season
WHERE last_dates.game_date IN UNNEST(@dates)
