"""The website in a real Chromium, against the real `parley serve` with its worker."""
