-- Every team game: whether possessions, rating and pace are of this world.
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team) AS thing,
  IF(
    possessions BETWEEN 60 AND 160
    AND offensive_rating BETWEEN 50 AND 180
    AND pace BETWEEN 60 AND 140,
    1,
    0
  ) AS score
FROM judged
