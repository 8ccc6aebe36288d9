-- Every player game: whether his minutes are known.
-- ---
-- about: rows with minutes
-- kind: share
-- sample: true
-- limits:
--   - at_least: 99
--     severity: block
--     why: minutes once went missing in 99 of 100 rows, and the run said success
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', CAST(player_id AS STRING)) AS thing,
  IF(minutes_played IS NULL, 0, 1) AS score
FROM judged
