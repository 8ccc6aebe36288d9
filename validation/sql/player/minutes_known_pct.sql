-- Every player game: whether his minutes are known.
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', CAST(player_id AS STRING)) AS thing,
  IF(minutes_played IS NULL, 0, 1) AS score
FROM judged
