"""A second reader, learned: which part each word of a page plays, told by a small network, and what that
makes of the page.
"""
