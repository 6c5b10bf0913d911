// Runs before anything is drawn, so that a page somebody wants dark does not flash up light.
try {
  const { theme } = JSON.parse(localStorage.getItem('dashboard') ?? '{}') as { theme?: unknown };
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme;
} catch {
  // Private windows may refuse storage: the system's choice holds.
}
