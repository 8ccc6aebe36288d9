"""The commands of the program, by what people use them for."""

from __future__ import annotations

from fullcourt.cli.late import Entry, Sections

SECTIONS: Sections = {
    "Start here": (
        Entry("demo", "Load the demo league and backfill all of it."),
        Entry("fetch", "Fetch real seasons from their sources."),
        Entry("ingest", "Load raw data: files, or the demo league."),
        Entry("tables", "List the tables in the order of computing."),
    ),
    "Run": (
        Entry("plan", "Show what a backfill would compute, and why."),
        Entry("backfill", "Rebuild tables for a range of dates; resumes."),
        Entry("gate", "Measure a phase and decide: GO or NO-GO."),
    ),
    "Look": (
        Entry("page", "Write one HTML page that shows it all."),
        Entry("status", "Show what is done, skipped and missing."),
        Entry("report", "Show gates, coverage, gaps and what to run next."),
        Entry("dates", "List the dates of a range and their status."),
        Entry("why", "Explain how a cell of a table came to be."),
    ),
    "Use the data": (
        Entry("export", "Write tables to files, with a manifest.", "export_command"),
        Entry("train", "Check, export, fit, report and predict."),
    ),
    "Repair": (
        Entry("verify", "Compare every table with the ledger."),
        Entry("waive", "Accept that games will never have their data."),
        Entry("drop", "Drop a computed table, to be made anew."),
    ),
    "Set up": (
        Entry("server", "Start, stop or look at the local server."),
        Entry("doctor", "Check versions, server, warehouse and rights."),
    ),
}

ENTRIES = {entry.name: entry for entries in SECTIONS.values() for entry in entries}
