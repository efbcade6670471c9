"""What an owner can do by chat with the papers that were read: ask questions, correct them, get files."""
