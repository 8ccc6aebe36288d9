-- Every team game: whether its players' stats add up to the team's; names those that do not.
-- Turnovers may be fewer: a team's own belong to no player.
-- ---
-- about: "team games whose players' stats do not add up to the team's"
-- kind: faults
-- sample: true
-- limits:
--   - at_most: 0
--     severity: block
--     why: "players' stats that do not add up to the team's are of another game or half of one"
WITH
sums AS (
  SELECT
    as_of,
    game_id,
    team,
    SUM(fgm) AS fgm,
    SUM(fga) AS fga,
    SUM(fg3m) AS fg3m,
    SUM(fg3a) AS fg3a,
    SUM(ftm) AS ftm,
    SUM(fta) AS fta,
    SUM(oreb) AS oreb,
    SUM(dreb) AS dreb,
    SUM(reb) AS reb,
    SUM(ast) AS ast,
    SUM(stl) AS stl,
    SUM(blk) AS blk,
    SUM(tov) AS tov,
    SUM(pf) AS pf,
    SUM(pts) AS pts
  FROM judged
  GROUP BY
    as_of,
    game_id,
    team
),

compared AS (
  SELECT
    teams.season,
    teams.game_date AS as_of,
    teams.game_id,
    teams.team,
    CONCAT(
      IF(sums.fgm != teams.fgm, ' fgm', ''),
      IF(sums.fga != teams.fga, ' fga', ''),
      IF(sums.fg3m != teams.fg3m, ' fg3m', ''),
      IF(sums.fg3a != teams.fg3a, ' fg3a', ''),
      IF(sums.ftm != teams.ftm, ' ftm', ''),
      IF(sums.fta != teams.fta, ' fta', ''),
      IF(sums.oreb != teams.oreb, ' oreb', ''),
      IF(sums.dreb != teams.dreb, ' dreb', ''),
      IF(sums.reb != teams.reb, ' reb', ''),
      IF(sums.ast != teams.ast, ' ast', ''),
      IF(sums.stl != teams.stl, ' stl', ''),
      IF(sums.blk != teams.blk, ' blk', ''),
      IF(sums.tov > teams.tov, ' tov', ''),
      IF(sums.pf != teams.pf, ' pf', ''),
      IF(sums.pts != teams.pts, ' pts', '')
    ) AS differing
  FROM sums
  INNER JOIN team_offense_game_summary AS teams
    ON
      sums.as_of = teams.game_date
      AND sums.game_id = teams.game_id
      AND sums.team = teams.team
  WHERE teams.game_date IN UNNEST(@dates)
)

SELECT
  season,
  as_of,
  CONCAT(game_id, ' ', team, differing) AS thing,
  IF(differing = '', 1, 0) AS score
FROM compared
