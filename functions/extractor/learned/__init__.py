"""A second reader, learned: a small network tells which part each word of a page plays, and the values are
made from that.
"""
