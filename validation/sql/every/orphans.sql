-- Every row: whether the schedule has its game on its date.
-- ---
-- about: rows that no game of the schedule explains
-- kind: faults
SELECT
  judged.season,
  judged.as_of,
  judged.game_id AS thing,
  IF(games.game_id IS NULL, 0, 1) AS score
FROM judged
LEFT JOIN schedule AS games
  ON
    judged.game_id = games.game_id
    AND judged.as_of = games.game_date
