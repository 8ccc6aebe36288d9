-- Every eligible final game of the range: whether the table holds both its teams.
SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  IF(COUNT(judged.team) = 2, 1, 0) AS score
FROM schedule AS games
LEFT JOIN judged
  ON
    games.game_id = judged.game_id
    AND games.game_date = judged.as_of
WHERE
  games.game_date IN UNNEST(@dates)
  AND games.status = 'final'
  AND games.game_type IN ('2', '4', '5', '6')
GROUP BY
  games.season,
  games.game_date,
  games.game_id
