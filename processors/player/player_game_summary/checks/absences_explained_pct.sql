-- Every player of a box score who did not play, in a season of which some reasons are told: whether his is.
-- ---
-- about: players who did not play with the reason, in seasons with a source that tells it
-- kind: share
-- optional: true
-- limits:
--   - at_least: 95
--     severity: warn
--     why: >-
--       release files and box scores give a reason to nearly everyone who did not play; fewer is a
--       column that was withdrawn, or a season of two sources
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
    AND status != 'played'
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
