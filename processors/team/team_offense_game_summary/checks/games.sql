-- Every eligible final game of the range: whether the table holds both its teams.
-- ---
-- about: eligible final games held with both teams
-- kind: amount
-- limits:
--   - at_least: 5600
--     reference: {start: 2021-10-19, end: 2026-01-02, of: 5788}
--     severity: block
--     why: >-
--       5,600 games of the five seasons were the least that the first users accepted; pro-rated
--       elsewhere
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
