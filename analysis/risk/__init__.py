"""Risk groups by published protocols: rules are data, answers carry what could change them."""
