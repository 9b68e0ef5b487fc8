import { createSignal } from 'solid-js'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'spark-control-theme'
const [theme, setTheme] = createSignal<Theme>('system')

/** Light, dark, or as the device is set. */
export const chosenTheme = theme

/** Chooses the theme for this browser. */
export function chooseTheme(next: Theme): void {
  setTheme(next)
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

/** Takes up the theme chosen last time. */
export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(KEY)
    if (kept === 'light' || kept === 'dark') chooseTheme(kept)
  } catch {
    // Storage may be switched off.
  }
}
