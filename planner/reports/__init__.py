"""What a report is, and the forms it takes. Import the modules: a form's library is loaded only when it is drawn."""
