-- What each team allowed in each game: the very numbers of the opponent's offence.
SELECT
  own.game_id,
  own.team,
  own.game_date,
  own.season,
  own.opponent,
  own.home_game,
  own.win,
  own.margin,
  allowed.pts AS points_allowed,
  allowed.fgm AS opponent_fgm,
  allowed.fga AS opponent_fga,
  allowed.fg3m AS opponent_fg3m,
  allowed.fg3a AS opponent_fg3a,
  allowed.ftm AS opponent_ftm,
  allowed.fta AS opponent_fta,
  allowed.oreb AS opponent_oreb,
  allowed.tov AS turnovers_forced,
  allowed.possessions AS opponent_possessions,
  allowed.pace AS opponent_pace,
  allowed.ts_pct AS opponent_ts_pct,
  allowed.efg_pct AS opponent_efg_pct,
  allowed.offensive_rating AS defensive_rating,
  allowed.paint_made AS paint_made_allowed,
  allowed.paint_attempted AS paint_attempted_allowed,
  allowed.mid_range_made AS mid_range_made_allowed,
  allowed.mid_range_attempted AS mid_range_attempted_allowed,
  allowed.three_made AS three_made_allowed,
  allowed.three_attempted AS three_attempted_allowed,
  allowed.shots_status
FROM team_offense_game_summary AS own
INNER JOIN team_offense_game_summary AS allowed
  ON
    own.as_of = allowed.as_of
    AND own.game_id = allowed.game_id
    AND own.opponent = allowed.team
