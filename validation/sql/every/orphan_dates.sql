-- Every row of a table without games: whether the schedule has an eligible game on its date.
-- ---
-- about: rows that no game of the schedule explains
-- kind: faults
WITH
played AS (
  SELECT game_date
  FROM schedule
  WHERE game_type IN ('2', '4', '5', '6')
  GROUP BY game_date
)

SELECT
  judged.season,
  judged.as_of,
  CAST(judged.as_of AS STRING) AS thing,
  IF(played.game_date IS NULL, 0, 1) AS score
FROM judged
LEFT JOIN played
  ON judged.as_of = played.game_date
