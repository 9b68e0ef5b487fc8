import { configure } from '@solidjs/testing-library'
import { vi } from 'vitest'

/*
 * Test files share a worker and its page, since making a page costs more than most files run.
 * Each begins with an empty page and modules of its own, signals of the dashboard included.
 */
vi.resetModules()
document.body.replaceChildren()

// what is looked for comes when it comes: a busy machine is no failure
configure({ asyncUtilTimeout: 15_000 })
