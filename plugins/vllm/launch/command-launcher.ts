import { type Command, type Host, script, sh } from '#core'
import { exportHfHome, inTurn } from '../disk/folder-word.ts'
import { vllmError } from '../errors.ts'
import type { CommandLaunch } from './launch.ts'
import { lastWords } from './launch-mistakes.ts'
import type { Launcher, LaunchVerdict } from './launcher.ts'
import { processEngine } from './process.ts'
import { PROCESS_CHECK_SCRIPT, PROCESS_START_SCRIPT } from './process-scripts.ts'

/** A program of the machine's own, such as vLLM in a Python environment, without a container. */
export function commandLauncher(launch: CommandLaunch): Launcher {
  const [program = ''] = launch.words
  return {
    ...processEngine(launch.service),
    check: (hosts, signal) => checkProgram(hosts, program, signal),
    start: () => startCommand(launch),
    judge,
    // its lock keeps a second start out
    starter: null,
  }
}

function startCommand({ service, words, env, hfHome }: CommandLaunch): Command {
  const all = Object.entries({ HF_HUB_OFFLINE: '1', ...env }).map(
    ([key, value]) => `${key}=${value}`,
  )
  return inTurn([
    ...exportHfHome(hfHome),
    sh`export ${all}`,
    script(PROCESS_START_SCRIPT, service, ...words),
  ])
}

async function checkProgram(
  hosts: readonly Host[],
  program: string,
  signal: AbortSignal,
): Promise<void> {
  for (const host of hosts) {
    const { code, stdout } = await host.exec(script(PROCESS_CHECK_SCRIPT, program), { signal })
    if (code === 0) continue
    throw vllmError('LAUNCHER_MISSING', `${stdout.trim()} on ${host.id}`, {
      hint:
        code === 66
          ? 'install it there, or give its whole path in commands.start of the service'
          : 'a program without a container needs Linux with util-linux and coreutils',
    })
  }
}

function judge(code: number, output: string): LaunchVerdict {
  if (code === 0) return { mistake: null }
  if (code === 75) {
    return { mistake: 'an engine of this service runs already', hint: 'unload first' }
  }
  return {
    mistake: `the program was not started (status ${code})${lastWords(output.split(/\r?\n/))}`,
  }
}
