"""The league's injury reports: PDFs, hourly, of who is out and who is in doubt before each game.

    plan (which reports) ──▶ pages (words of a PDF) ──▶ report (rows of a table) ──▶ reading

Only `pages` knows pdfplumber. Reports have names and no ids: games are found by date and teams,
players within the two rosters of a game.
"""
