"""XLSForm, the exchange format with ODK Collect and KoboToolbox."""
