-- Every player of a season, where some players have birth dates: whether his is known.
-- ---
-- about: players of a season with birth dates, where a source gives them
-- kind: share
-- optional: true
-- limits:
--   - at_least: 80
--     severity: warn
--     why: >-
--       the demo league and its release files have them for 98 of 100; without one fatigue
--       takes no account of his age
WITH
known AS (
  SELECT COUNT(birth_date) AS found
  FROM players
)

SELECT
  judged.season,
  MIN(judged.as_of) AS as_of,
  CAST(judged.player_id AS STRING) AS thing,
  IF(MAX(players.birth_date) IS NULL, 0, 1) AS score
FROM judged
CROSS JOIN known
LEFT JOIN players
  ON judged.player_id = players.player_id
WHERE known.found > 0
GROUP BY
  judged.season,
  judged.player_id
