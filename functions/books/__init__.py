"""What the owner does with what was read: questions, corrections, files, by chat."""
