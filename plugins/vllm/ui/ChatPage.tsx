import { createSignal, For, onCleanup, Show } from 'solid-js'
import { createStore } from 'solid-js/store'
import {
  asCallError,
  Bubble,
  Button,
  type CallError,
  Composer,
  Empty,
  LinkButton,
  live,
  Notice,
  Page,
  place,
  Row,
  SelectField,
  Stack,
  showJob,
  Transcript,
} from '#ui'
import { type AnswerCourse, describeAnswer } from './answer-figures.ts'
import { answered, type ChatMessage, explain, streamChat } from './chat.ts'
import { movesEngine } from './model-jobs.ts'
import { isOurs } from './model-words.ts'

interface Turn extends ChatMessage, AnswerCourse {
  thoughts: string
}

/** A talk with the loaded model, kept while the page is open. */
export default function ChatPage() {
  const [turns, setTurns] = createStore<Turn[]>([])
  const [draft, setDraft] = createSignal('')
  const [error, setError] = createSignal<CallError>()
  const [chosen, setChosen] = createSignal(place().query.get('service') ?? '')
  const [asking, setAsking] = createSignal<AbortController>()
  onCleanup(() => asking()?.abort())
  const services = () => live.services.filter(isOurs)
  const serving = () => services().filter(({ models }) => models.length > 0)
  const service = () => serving().find(({ id }) => id === chosen()) ?? serving()[0]
  const job = () =>
    live.jobs.find(
      (one) =>
        one.ended_at === null &&
        movesEngine(one) &&
        services().some(({ id }) => id === one.service),
    )
  const ask = async () => {
    const content = draft().trim()
    const model = service()?.models[0]
    if (!content || !model || asking()) return
    const turn = new AbortController()
    setAsking(turn)
    setError(undefined)
    setDraft('')
    const messages = [...answered(turns), { role: 'user', content } as const]
    setTurns((before) => [...before, newTurn('user', content), newTurn('assistant', '')])
    const at = turns.length - 1
    try {
      for await (const piece of streamChat(model, messages, turn.signal)) {
        setTurns(at, (before) => ({
          content: before.content + piece.text,
          thoughts: before.thoughts + piece.thoughts,
          tokens: piece.tokens ?? before.tokens + (piece.text || piece.thoughts ? 1 : 0),
          firstAt: before.firstAt ?? (piece.text || piece.thoughts ? Date.now() : null),
          lastAt: Date.now(),
          isCut: before.isCut || piece.finish === 'length',
        }))
      }
    } catch (thrown) {
      if (turn.signal.aborted) setTurns(at, 'isStopped', true)
      else setError(asCallError(thrown))
    }
    setTurns(at, 'isStreaming', false)
    setAsking(undefined)
  }
  return (
    <Page
      title="Chat"
      lead={
        <Show when={service()} fallback="Nothing is loaded to talk with.">
          {(found) => `with ${found().models[0]} on ${found().id}`}
        </Show>
      }
      actions={
        <Row gap="small">
          <Show when={serving().length > 1}>
            <SelectField
              label="Talk with"
              isBare
              value={service()?.id ?? ''}
              options={serving().map(({ id, models }) => ({ value: id, label: models[0] ?? id }))}
              onChange={setChosen}
            />
          </Show>
          <Button
            disabled={turns.length === 0 || asking() !== undefined}
            onClick={() => setTurns([])}
          >
            Start over
          </Button>
        </Row>
      }
    >
      <Stack>
        <Transcript
          label="Conversation"
          length={turns.length + (turns.at(-1)?.content.length ?? 0)}
        >
          <For
            each={turns}
            fallback={
              <Empty title={service() ? 'Ask something.' : 'No model is loaded.'}>
                {service()
                  ? 'The conversation goes to your own machines, and is forgotten when you leave this page.'
                  : 'Load one, and talk with it here.'}
              </Empty>
            }
          >
            {(turn) => <TurnBubble turn={turn} />}
          </For>
        </Transcript>
        <Show when={error()}>
          {(shown) => (
            <Notice tone="bad" isUrgent title={explain(shown()).title}>
              <Show when={explain(shown()).text}>{(text) => <p>{text()}</p>}</Show>
            </Notice>
          )}
        </Show>
        <Show when={!service() || error()?.code === 'model_loading'}>
          <WayToAModel job={job()?.id} />
        </Show>
        <Composer
          label="Your message"
          value={draft()}
          isStreaming={asking() !== undefined}
          isOff={!service() || draft().trim() === ''}
          onInput={setDraft}
          onSend={ask}
          onStop={() => asking()?.abort()}
        />
      </Stack>
    </Page>
  )
}

const WayToAModel = (props: { job: string | undefined }) => (
  <Row>
    <Show when={props.job} fallback={<LinkButton href="/models">Load a model</LinkButton>}>
      {(id) => <Button onClick={() => showJob(id())}>Watch it load</Button>}
    </Show>
  </Row>
)

const TurnBubble = (props: { turn: Turn }) => (
  <Bubble
    from={props.turn.role === 'user' ? 'owner' : 'model'}
    name={props.turn.role === 'user' ? 'You' : 'The model'}
    text={props.turn.content}
    thoughts={props.turn.thoughts || undefined}
    isThinking={props.turn.isStreaming && props.turn.content === ''}
    footer={props.turn.role === 'assistant' ? describeAnswer(props.turn) : undefined}
  />
)

const newTurn = (role: Turn['role'], content: string): Turn => ({
  role,
  content,
  thoughts: '',
  isStreaming: role === 'assistant',
  askedAt: Date.now(),
  firstAt: null,
  lastAt: null,
  tokens: 0,
  isStopped: false,
  isCut: false,
})
