-- Every player of a box score who sat on the bench, in a season of which some reasons are told: whether his
-- is. Lists of the inactive give none.
-- ---
-- about: players who sat on the bench with the reason, in seasons with a source that tells it
-- kind: share
-- optional: true
-- limits:
--   - at_least: 95
--     severity: warn
--     why: >-
--       release files and box scores give everyone on the bench a reason; fewer is a column that was
--       withdrawn, or a season of two sources
WITH
absent AS (
  SELECT
    season,
    game_date,
    game_id,
    player_id,
    reason
  FROM player_box
  WHERE
    game_date IN UNNEST(@dates)
    AND status = 'dnp'
),

told_seasons AS (
  SELECT season
  FROM absent
  WHERE reason IS NOT NULL
  GROUP BY season
)

SELECT
  absent.season,
  absent.game_date AS as_of,
  CONCAT(absent.game_id, ' ', CAST(absent.player_id AS STRING)) AS thing,
  IF(absent.reason IS NULL, 0, 1) AS score
FROM absent
INNER JOIN told_seasons
  ON absent.season = told_seasons.season
