"""Karyotypes: ISCN text in, clones with their chromosome numbers and changes out."""
