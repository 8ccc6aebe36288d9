-- Every labelled row: whether its points are the box score's, and 2 fgm + fg3m + ftm.
-- ---
-- about: labels that are not the points of the box score
-- kind: faults
SELECT
  judged.season,
  judged.as_of,
  CONCAT(played.game_id, ' ', CAST(played.player_id AS STRING)) AS thing,
  IF(
    box.pts IS NOT NULL
    AND box.pts = played.pts
    AND box.pts = 2 * box.fgm + box.fg3m + box.ftm,
    1, 0
  ) AS score
FROM judged
INNER JOIN upcoming_player_game_context AS expected
  ON
    judged.as_of = expected.game_date
    AND judged.player_id = expected.player_id
INNER JOIN player_game_summary AS played
  ON
    expected.game_date = played.game_date
    AND expected.player_id = played.player_id
    AND expected.game_id = played.game_id
    AND expected.team = played.team
LEFT JOIN player_box AS box
  ON
    played.game_date = box.game_date
    AND played.game_id = box.game_id
    AND played.player_id = box.player_id
WHERE
  expected.game_date BETWEEN @first AND @last
  AND played.game_date BETWEEN @first AND @last
