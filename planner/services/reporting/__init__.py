"""Makes reports: from a stored plan and its runs to a `Report` that every form draws. Nothing is planned anew here."""
