/**
 * What stands before a line of vLLM's: the process that speaks, nested for workers, then level, time
 * and file. `(EngineCore_DP0 pid=12) (Worker_TP0 pid=14) ERROR 11-24 02:15:36 [core.py:12] text`
 */
const PREFIX =
  /^(?:\((?:APIServer|EngineCore|Worker|VllmWorker|RayWorker)[^)]*\)\s*)*(?:(DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d:\d\d \[[^\]]*\] ?)?/

/** What is told of a load stands at the beginning of a line; a model may print megabytes in one. */
export const LONGEST = 2_000

/** A line's own words, and its level where one is said; traces and prints say none. */
export function readLogLine(whole: string): { level: string | null; text: string } {
  const line = whole.slice(0, LONGEST)
  const match = PREFIX.exec(line)
  return { level: match?.[1] ?? null, text: line.slice(match?.[0].length ?? 0) }
}
