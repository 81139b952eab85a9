// Runs before the first paint, as a file of its own because the content policy refuses inline scripts.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused in some private windows: the system's theme then stands.
}
