"""An audit by the reference: data and a script with which R `survey` makes the estimates anew."""
