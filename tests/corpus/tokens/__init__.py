"""Papers as bare words with the part that each plays, drawn by nothing: what the learned reader is trained
on.

Facts and vocabulary are those of the grammar's `tune` split; layouts are this package's own, so that a page
costs milliseconds.
"""
