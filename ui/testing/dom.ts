/** What jsdom lacks: modal dialogs, and the fetch of a controller. */
export function installDialogs(): void {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.setAttribute('open', '')
  }
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.removeAttribute('open')
  }
}

export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

/** Answers every fetch of the page; `answers` are tried in order by method and path, each used once. */
export function fakeController(
  answers: { route: string; status?: number; json?: unknown; text?: string; keep?: boolean }[],
): Asked[] {
  const asked: Asked[] = []
  globalThis.fetch = async (input, init = {}) => {
    const method = init.method ?? 'GET'
    const path = String(input)
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
    asked.push({ method, path, headers: { ...(init.headers as Record<string, string>) }, body })
    const at = answers.findIndex(({ route }) => route === `${method} ${path}`)
    const [answer] = answers[at]?.keep ? [answers[at]] : at < 0 ? [] : answers.splice(at, 1)
    if (!answer) throw new TypeError(`nothing answers ${method} ${path}`)
    const text = answer.text ?? JSON.stringify(answer.json ?? {})
    return new Response(text, { status: answer.status ?? 200 })
  }
  return asked
}
