"""Sequencing files as values: variants from VCF, BCF and tables, coverage from BAM and CRAM."""
