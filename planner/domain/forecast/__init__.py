"""Values and rules of the forecast: rates, odds and their track record."""
