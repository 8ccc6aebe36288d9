-- Every player game of a minute or more: whether his usage is known.
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', CAST(player_id AS STRING)) AS thing,
  IF(usage_rate IS NULL, 0, 1) AS score
FROM judged
WHERE minutes_played >= 1
