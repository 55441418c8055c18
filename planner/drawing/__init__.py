"""Documents drawn as text and tables, which the command line prints and the app shows. Nothing is reckoned here."""
