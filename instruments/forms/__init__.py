"""An instrument as a form that people fill: XLSForm, XForm and a page of HTML."""
