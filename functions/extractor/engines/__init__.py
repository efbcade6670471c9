"""The engines that look at pixels: our own OCR and Gemini."""
