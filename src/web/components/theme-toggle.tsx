import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const icons = { system: Monitor, light: Sun, dark: Moon };
const words = { system: 'as the system', light: 'light', dark: 'dark' };

/** Goes round system, light and dark. The choice is kept in this browser. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  const Icon = icons[theme];
  const change = () => {
    setTheme(next);
    applyTheme(next);
  };
  return (
    <IconButton label={`Theme: ${words[theme]}. Change to ${words[next]}`} onClick={change} data-stays>
      <Icon className="size-4" aria-hidden />
    </IconButton>
  );
}

function readTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage is refused in some private windows: the choice then lasts until the page is left.
  }
}
