import { createSignal, onCleanup, Show } from 'solid-js'
import {
  asCallError,
  Button,
  Choice,
  call,
  ErrorNotice,
  Row,
  SearchField,
  Section,
  Stack,
  Switch,
} from '#ui'
import { Results } from './Results.tsx'
import type { SearchView } from './search-views.ts'

type Mode = 'hybrid' | 'dense' | 'sparse'

/** A question to one collection, how to look for it, and what came of it. */
export function Ask(props: { service: string; collection: string }) {
  const [query, setQuery] = createSignal('')
  const [mode, setMode] = createSignal<Mode>('hybrid')
  const [isReranked, setIsReranked] = createSignal(false)
  const [found, setFound] = createSignal<SearchView>()
  const [error, setError] = createSignal<unknown>()
  const [asking, setAsking] = createSignal<AbortController>()
  onCleanup(() => asking()?.abort())
  const ask = async (): Promise<void> => {
    if (query().trim() === '') return
    asking()?.abort()
    const turn = new AbortController()
    setAsking(turn)
    setError(undefined)
    try {
      const body = {
        service: props.service,
        collection: props.collection,
        query: query(),
        mode: mode(),
        rerank: isReranked(),
        with: ['stages'],
      }
      setFound(await call<SearchView>('POST /api/search', { body, signal: turn.signal }))
    } catch (thrown) {
      if (!turn.signal.aborted) setError(asCallError(thrown))
    }
    if (asking() === turn) setAsking(undefined)
  }
  return (
    <Section title={`Ask ${props.collection}`}>
      <Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void ask()
          }}
        >
          <Stack>
            <SearchField label="What are you looking for?" value={query()} onInput={setQuery} />
            <Row>
              <Choice
                label="How to look for it"
                value={mode()}
                options={MODES}
                onChange={(next) => setMode(next)}
              />
              <Switch
                label="Read the best ones again"
                hint="A second model judges each passage beside the question. Better, and slower."
                isOn={isReranked()}
                onChange={setIsReranked}
              />
              <Button look="primary" type="submit" isBusy={asking() !== undefined}>
                Search
              </Button>
            </Row>
          </Stack>
        </form>
        <Show when={error()}>
          <ErrorNotice error={error()} />
        </Show>
        <Show when={found()}>{(view) => <Results view={view()} />}</Show>
      </Stack>
    </Section>
  )
}

const MODES: readonly { value: Mode; label: string }[] = [
  { value: 'hybrid', label: 'Meaning and words' },
  { value: 'dense', label: 'Meaning' },
  { value: 'sparse', label: 'Words' },
]
