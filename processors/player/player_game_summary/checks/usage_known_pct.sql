-- Every player game of a minute or more: whether his usage is known.
-- ---
-- about: rows of a minute or more with a usage rate
-- kind: share
-- sample: true
-- limits:
--   - at_least: 95
--     severity: block
--     why: usage was once known for half the rows, because two tables spelled games differently
--   - at_least: 99
--     severity: warn
--     why: "a player of a minute or more has a usage unless his team's row is odd"
SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', CAST(player_id AS STRING)) AS thing,
  IF(usage_rate IS NULL, 0, 1) AS score
FROM judged
WHERE minutes_played >= 1
