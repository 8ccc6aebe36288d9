-- Every date that any of the five tables has, and on which rows of this one are due: whether it has some.
WITH
held AS (
  SELECT analysis_date AS as_of
  FROM team_defense_zone_analysis
  WHERE analysis_date IN UNNEST(@dates)
  UNION DISTINCT
  SELECT analysis_date AS as_of
  FROM player_shot_zone_analysis
  WHERE analysis_date IN UNNEST(@dates)
  UNION DISTINCT
  SELECT game_date AS as_of
  FROM player_composite_factors
  WHERE game_date IN UNNEST(@dates)
  UNION DISTINCT
  SELECT cache_date AS as_of
  FROM player_daily_cache
  WHERE cache_date IN UNNEST(@dates)
  UNION DISTINCT
  SELECT game_date AS as_of
  FROM ml_feature_store
  WHERE game_date IN UNNEST(@dates)
),

due AS (
  SELECT
    season,
    as_of
  FROM expected
  GROUP BY
    season,
    as_of
),

found AS (
  SELECT as_of
  FROM judged
  GROUP BY as_of
)

SELECT
  due.season,
  due.as_of,
  CAST(due.as_of AS STRING) AS thing,
  IF(found.as_of IS NULL, 0, 1) AS score
FROM held
INNER JOIN due
  ON held.as_of = due.as_of
LEFT JOIN found
  ON held.as_of = found.as_of
