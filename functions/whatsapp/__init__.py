"""The channel: from Meta's webhook to an ordered, single answer in the same chat."""
