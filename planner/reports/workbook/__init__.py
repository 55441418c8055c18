"""The workbook form of a report. Import it where one is wanted: it loads xlsxwriter."""

from planner.reports.workbook.book import render

__all__ = ["render"]
