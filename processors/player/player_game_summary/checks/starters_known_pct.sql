-- Every player game of a season of which some starters are told: whether it is told if he started.
-- ---
-- about: rows that tell whether he started, in seasons with a source that does
-- kind: share
-- optional: true
-- limits:
--   - at_least: 99
--     severity: warn
--     why: >-
--       release files tell it of every row; a season that is half told was loaded from two sources,
--       or its box scores are not all there yet
WITH
told_seasons AS (
  SELECT season
  FROM judged
  WHERE starter IS NOT NULL
  GROUP BY season
)

SELECT
  judged.season,
  judged.as_of,
  CONCAT(judged.game_id, ' ', CAST(judged.player_id AS STRING)) AS thing,
  IF(judged.starter IS NULL, 0, 1) AS score
FROM judged
INNER JOIN told_seasons
  ON judged.season = told_seasons.season
