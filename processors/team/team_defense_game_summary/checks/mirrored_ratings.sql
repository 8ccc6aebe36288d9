-- Every team game: whether the opponent's defensive rating is the very offensive rating.
-- ---
-- about: "team games whose defensive rating is not the opponent's offensive rating"
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: "a team's defence is its opponent's offence, to the last digit"
SELECT
  judged.season,
  judged.as_of,
  CONCAT(judged.game_id, ' ', judged.team) AS thing,
  IF(judged.defensive_rating = offense.offensive_rating, 1, 0) AS score
FROM judged
INNER JOIN team_offense_game_summary AS offense
  ON
    judged.as_of = offense.game_date
    AND judged.game_id = offense.game_id
    AND judged.opponent = offense.team
WHERE offense.game_date IN UNNEST(@dates)
