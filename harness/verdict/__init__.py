"""Judges what was measured: which precision ran, whether quality holds, how fast it is, and why.

Pure: findings in, words of closed lists with reasons out. Nothing is measured or estimated here
beyond the limits that a judgement needs.
"""
