"""The release files of sportsdataverse: a season in six parquet files, reachable from clouds.

They are made each night of the answers of stats.nba.com, under CC BY 4.0, and have what its logs do
not: who started, who did not play and why, seconds, assisted shots, birth dates.
"""
