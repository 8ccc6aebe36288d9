-- Every row of the latest ten dates: whether its values are physically possible.
-- ---
-- about: rows of the latest ten dates with impossible values
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: a value that no player can have was computed from the wrong rows
WITH
latest AS (
  SELECT
    as_of,
    DENSE_RANK() OVER (ORDER BY as_of DESC) AS recency
  FROM judged
  GROUP BY as_of
)

SELECT
  judged.season,
  judged.as_of,
  CONCAT(CAST(judged.as_of AS STRING), ' ', CAST(judged.player_id AS STRING)) AS thing,
  IF(
    judged.games_in_last_7_days BETWEEN 0 AND 5
    AND judged.fatigue_score BETWEEN 0 AND 100
    AND judged.points_avg_last_5 BETWEEN 0 AND 80
    AND judged.minutes_avg_last_10 BETWEEN 0 AND 60
    AND COALESCE(judged.pct_paint, 0) BETWEEN 0 AND 100
    AND COALESCE(judged.pct_mid_range, 0) BETWEEN 0 AND 100
    AND COALESCE(judged.pct_three, 0) BETWEEN 0 AND 100
    AND COALESCE(judged.pct_free_throw, 0) BETWEEN 0 AND 100
    AND COALESCE(judged.team_win_pct, 0) BETWEEN 0 AND 1
    AND judged.feature_quality_score BETWEEN 0 AND 100,
    1,
    0
  ) AS score
FROM judged
INNER JOIN latest
  ON judged.as_of = latest.as_of
WHERE latest.recency <= 10
