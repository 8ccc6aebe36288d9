-- Every team game: whether its players' usage, weighted by minutes, adds up to 95..100 of the team's plays.
-- ---
-- about: "team games whose players' usage does not add up"
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: the players of a team use its plays, all of them and no more
SELECT
  judged.season,
  judged.as_of,
  CONCAT(judged.game_id, ' ', judged.team) AS thing,
  IF(
    SUM(judged.usage_rate * judged.minutes_played) / (MAX(teams.minutes) / 5) BETWEEN 95 AND 100.000001, 1, 0
  ) AS score
FROM judged
INNER JOIN team_offense_game_summary AS teams
  ON
    judged.as_of = teams.game_date
    AND judged.game_id = teams.game_id
    AND judged.team = teams.team
WHERE teams.game_date IN UNNEST(@dates)
GROUP BY
  judged.season,
  judged.as_of,
  judged.game_id,
  judged.team
