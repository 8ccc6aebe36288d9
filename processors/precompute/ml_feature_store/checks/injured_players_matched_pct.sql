-- Every list of a team in an injury report: the players of it whom a roster has.
-- ---
-- about: players whom injury reports name and a roster of the game has
-- kind: share
-- optional: true
-- limits:
--   - at_least: 80
--     severity: warn
--     why: >-
--       whom no box score of the team has cannot be told by his name, and has no features; one in five
--       is a source of box scores that leaves out who did not play
WITH
matched AS (
  SELECT
    game_id,
    team,
    reported_at,
    COUNT(*) AS players
  FROM injuries
  WHERE game_date IN UNNEST(@dates)
  GROUP BY
    game_id,
    team,
    reported_at
)

SELECT
  reports.season,
  reports.game_date AS as_of,
  CONCAT(reports.game_id, ' ', reports.team) AS thing,
  COALESCE(matched.players, 0) AS score,
  reports.listed AS weight
FROM injury_reports AS reports
LEFT JOIN matched
  ON
    reports.game_id = matched.game_id
    AND reports.team = matched.team
    AND reports.reported_at = matched.reported_at
WHERE reports.game_date IN UNNEST(@dates)
