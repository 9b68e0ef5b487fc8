import { render } from 'solid-js/web'
import { App } from './App.tsx'
import { browserParts } from './browser-parts.ts'
import { startLink } from './link.ts'
import { isPage } from './pages.ts'
import { takeLinks } from './router.ts'
import { restoreTheme } from './theme.ts'

restoreTheme()
takeLinks(isPage)
startLink(browserParts(), new AbortController().signal)
const root = document.getElementById('app')
if (root) render(() => <App />, root)
