-- Every final game with shots: whether some were missed. A game without a miss is of a chart of made shots.
-- ---
-- about: games with shots of which none was missed
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: >-
--       nobody ever made all shots of a game; zones of made shots alone are 100 percent everywhere
SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  IF(COUNTIF(NOT found.made) > 0, 1, 0) AS score
FROM schedule AS games
INNER JOIN shots AS found
  ON games.game_id = found.game_id
WHERE
  games.game_date IN UNNEST(@dates)
  AND games.status = 'final'
  AND games.game_type IN ('2', '4', '5', '6')
GROUP BY games.season, games.game_date, games.game_id
