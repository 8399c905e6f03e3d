"""Subtype of B-ALL by WHO-HAEM5 and ICC 2022 from fusions, karyotype, ploidy and variants."""
