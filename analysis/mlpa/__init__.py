"""MLPA on a capillary: from a laboratory's peak tables to calls of probes, exons and genes."""
