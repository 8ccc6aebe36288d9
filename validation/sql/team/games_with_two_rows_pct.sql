-- Every game that the table holds: whether it is there with exactly two rows, of two teams.
-- ---
-- about: games held with exactly two rows
-- kind: share
-- sample: true
SELECT
  season,
  as_of,
  game_id AS thing,
  IF(COUNT(*) = 2 AND COUNT(DISTINCT team) = 2, 1, 0) AS score
FROM judged
GROUP BY
  season,
  as_of,
  game_id
