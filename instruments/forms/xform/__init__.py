"""An instrument as an XForm, the XML that ODK Collect, KoboToolbox and Enketo play."""
