"""The cheapest mix of offers that holds the SLO, as an integer programme, and why it won. Import the modules."""
