-- Every team game: whether from 5 to 18 players played.
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team) AS thing,
  IF(COUNT(DISTINCT player_id) BETWEEN 5 AND 18, 1, 0) AS score
FROM judged
GROUP BY
  season,
  as_of,
  game_id,
  team
