"""Peru's facts without layout: kinds, labels, units, rates, tokens, the QR. Imports no other wing."""
