-- Every row past the season's day 28: the share of its features that are known.
WITH
seasons AS (
  SELECT
    season,
    MIN(game_date) AS first_regular_date
  FROM schedule
  WHERE game_type = '2'
  GROUP BY season
)

SELECT
  judged.season,
  judged.as_of,
  CONCAT(CAST(judged.as_of AS STRING), ' ', CAST(judged.player_id AS STRING)) AS thing,
  judged.feature_quality_score AS score
FROM judged
INNER JOIN seasons
  ON judged.season = seasons.season
WHERE DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= 28
