-- Every row: whether its date lies past the first days of the season, where nothing can be known yet.
-- ---
-- about: rows on the first days of a season
-- kind: faults
-- sample: true
SELECT
  judged.season,
  judged.as_of,
  CAST(judged.as_of AS STRING) AS thing,
  IF(DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= @bootstrap_days, 1, 0) AS score
FROM judged
INNER JOIN seasons
  ON judged.season = seasons.season
