-- Every team game whose shots the source covers: whether there are as many shots as attempts.
SELECT
  judged.season,
  judged.as_of,
  CONCAT(judged.game_id, ' ', judged.team) AS thing,
  IF(judged.shots_status = 'complete', 1, 0) AS score
FROM judged
INNER JOIN schedule AS games
  ON judged.game_id = games.game_id
WHERE games.covers_shots
