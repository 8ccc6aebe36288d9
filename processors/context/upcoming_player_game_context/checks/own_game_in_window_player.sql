-- Every player and date: whether he is said to have played no more games than he did before the date.
-- ---
-- about: rows whose history counts the game to come
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: a row that counts the game to come knows its result
SELECT
  judged.season,
  judged.as_of,
  CONCAT(CAST(judged.as_of AS STRING), ' ', CAST(judged.player_id AS STRING)) AS thing,
  IF(judged.games_played_season <= COALESCE(earlier.games_before, 0), 1, 0) AS score
FROM judged
LEFT JOIN player_history AS earlier
  ON
    judged.as_of = earlier.as_of
    AND judged.season = earlier.season
    AND judged.player_id = earlier.player_id
