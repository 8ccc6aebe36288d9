-- Every date: whether as many teams won as lost.
SELECT
  season,
  as_of,
  CAST(as_of AS STRING) AS thing,
  IF(COUNTIF(win) = COUNTIF(NOT win), 1, 0) AS score
FROM judged
GROUP BY
  season,
  as_of
