"""Questions laid over a screen."""
