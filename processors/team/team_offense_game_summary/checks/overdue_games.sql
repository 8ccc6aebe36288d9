-- Every eligible game of the range: whether it is final or called off, or still has time to be.
-- ---
-- about: games still open two days before the latest final date
-- kind: faults
-- limits:
--   - at_most: 0
--     severity: warn
--     why: >-
--       a game that is still open when games of two days later are final was called off, or lost by
--       the source
WITH
latest AS (
  SELECT MAX(game_date) AS final_date
  FROM schedule
  WHERE
    status = 'final'
    AND game_type IN ('2', '4', '5', '6')
)

SELECT
  games.season,
  games.game_date AS as_of,
  games.game_id AS thing,
  IF(
    games.status IN ('final', 'postponed', 'cancelled', 'dropped')
    OR DATE_DIFF(latest.final_date, games.game_date, DAY) < 2,
    1,
    0
  ) AS score
FROM schedule AS games
CROSS JOIN latest
WHERE
  games.game_date IN UNNEST(@dates)
  AND games.game_type IN ('2', '4', '5', '6')
  AND games.game_date <= latest.final_date
