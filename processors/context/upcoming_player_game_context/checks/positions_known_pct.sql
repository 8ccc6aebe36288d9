-- Every player of a season, where some players have positions: whether his is known.
-- ---
-- about: players of a season with positions, where a source gives them
-- kind: share
-- optional: true
-- limits:
--   - at_least: 80
--     severity: warn
--     why: >-
--       release files have them for all; rosters of one season lack who had left
WITH
known AS (
  SELECT COUNT(position) AS found
  FROM players
)

SELECT
  judged.season,
  MIN(judged.as_of) AS as_of,
  CAST(judged.player_id AS STRING) AS thing,
  IF(MAX(players.position) IS NULL, 0, 1) AS score
FROM judged
CROSS JOIN known
LEFT JOIN players
  ON judged.player_id = players.player_id
WHERE known.found > 0
GROUP BY
  judged.season,
  judged.player_id
