/** Where a fault lies, for the log: what kind it is and the places in our code, without its message. */
export interface Fault {
  fault: string
  places: string[]
}

export function placesOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error)) return { fault: typeof thrown, places: [] }
  const { stack = '', message } = thrown
  // the message stands first in the stack and may look like a place
  const after = stack.indexOf(message) + message.length
  const places = stack
    .slice(after)
    .split('\n')
    .filter((line) => /^ {4}at [^\n]{1,300}$/.test(line))
  return { fault: thrown.constructor.name, places }
}
