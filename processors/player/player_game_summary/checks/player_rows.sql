-- Every covered final game of the range: how many players the table holds of it.
-- ---
-- about: rows, per covered final game
-- kind: amount
-- min_rows: 100
-- limits:
--   - at_least: 35000
--     reference: {start: 2024-05-01, end: 2026-01-02, of: 1902}
--     severity: block
--     why: >-
--       35,000 rows of some 1,900 games were the least that the first users accepted; pro-rated
--       elsewhere
SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  COUNT(judged.player_id) AS score
FROM schedule AS games
LEFT JOIN judged
  ON
    games.game_id = judged.game_id
    AND games.game_date = judged.as_of
WHERE
  games.game_date IN UNNEST(@dates)
  AND games.status = 'final'
  AND games.covers_player_box
  AND games.game_type IN ('2', '4', '5', '6')
GROUP BY
  games.season,
  games.game_date,
  games.game_id
