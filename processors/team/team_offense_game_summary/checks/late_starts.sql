-- Every season whose first regular date is in the range: whether its first game has a low number. Regular
-- games are numbered by date, but for up to 60 of the cup; a season with a higher one starts in its middle.
-- ---
-- about: seasons that start in their middle
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: averages of a season whose beginning is not loaded are of another span than they say
WITH
first_dates AS (
  SELECT
    season,
    MIN(game_date) AS first_date
  FROM schedule
  WHERE
    game_type = '2'
    AND status NOT IN ('postponed', 'cancelled', 'dropped')
  GROUP BY season
),

first_games AS (
  SELECT
    games.season,
    games.game_date,
    MIN(games.game_id) AS game_id
  FROM schedule AS games
  INNER JOIN first_dates
    ON
      games.season = first_dates.season
      AND games.game_date = first_dates.first_date
  WHERE
    games.game_type = '2'
    AND games.status NOT IN ('postponed', 'cancelled', 'dropped')
  GROUP BY games.season, games.game_date
)

SELECT
  season,
  game_date AS as_of,
  CONCAT(
    'season ', CAST(season AS STRING), ' starts on ', CAST(game_date AS STRING), ' with ', game_id
  ) AS thing,
  IF(CAST(SUBSTR(game_id, 6) AS INT64) <= 75, 1, 0) AS score
FROM first_games
WHERE game_date IN UNNEST(@dates)
