"""all-MiniLM-L6-v2 with a logistic head that tells the files of Debian's fortunes apart."""
