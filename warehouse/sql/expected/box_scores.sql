-- Every player who played in a covered final game: what phase 2 must hold.
SELECT
  games.game_date AS as_of,
  games.season,
  games.game_id,
  box.player_id,
  MIN(box.team) AS team
FROM schedule AS games
INNER JOIN player_box AS box
  ON games.game_id = box.game_id
WHERE
  games.status = 'final'
  AND games.covers_player_box
  AND games.game_type IN ('2', '4', '5', '6')
  AND (
    box.status = 'played'
    OR box.fgm + box.fga + box.fg3m + box.fg3a + box.ftm + box.fta + box.oreb + box.dreb
    + box.reb + box.ast + box.stl + box.blk + box.tov + box.pf + box.pts > 0
  )
GROUP BY
  games.game_date,
  games.season,
  games.game_id,
  box.player_id
