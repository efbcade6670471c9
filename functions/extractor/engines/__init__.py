"""Who looks at pixels: our own OCR and Gemini."""
