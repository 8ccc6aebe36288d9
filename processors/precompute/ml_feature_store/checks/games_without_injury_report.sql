-- Every final game of a season with injury reports: whether one came out on it before its tip-off.
-- ---
-- about: final games without an injury report before tip-off, per season with reports
-- kind: faults
-- optional: true
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       the league reports on every game; injury_risk is absent where no report was loaded, and is
--       judged on the other games alone
WITH
reported_seasons AS (
  SELECT season
  FROM injury_reports
  WHERE game_date IN UNNEST(@dates)
  GROUP BY season
),

reported_games AS (
  SELECT
    found.game_id,
    MIN(found.reported_at) AS first_report
  FROM injury_reports AS found
  WHERE found.game_date IN UNNEST(@dates)
  GROUP BY found.game_id
)

SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  CAST(games.season AS STRING) AS item,
  IF(reported_games.first_report < COALESCE(games.tip_off, TIMESTAMP(games.game_date)), 1, 0) AS score
FROM schedule AS games
INNER JOIN reported_seasons
  ON games.season = reported_seasons.season
LEFT JOIN reported_games
  ON games.game_id = reported_games.game_id
WHERE
  games.game_date IN UNNEST(@dates)
  AND games.status = 'final'
  AND games.game_type IN ('2', '4', '5', '6')
