import { createSignal, For, Show } from 'solid-js'
import {
  Badge,
  Button,
  Empty,
  List,
  ListItem,
  Muted,
  Row,
  SearchField,
  Stack,
  TextField,
} from '#ui'
import { describeVoice, findVoices, isWeight, type Share, titleOf, type Voice } from './voices.ts'

const SHOWN = 8

/** Which voice speaks, or which ones mixed: found by what is typed, each with its share. */
export function VoicePicker(props: {
  voices: readonly Voice[]
  shares: readonly Share[]
  onChange(shares: Share[]): void
}) {
  const [wanted, setWanted] = createSignal('')
  const found = () => {
    const voices = findVoices(props.voices, wanted())
    const isFirst = ({ id }: Voice) => (isChosen(id) ? 0 : 1)
    return voices.toSorted((a, b) => isFirst(a) - isFirst(b))
  }
  const isChosen = (id: string) => props.shares.some(({ voice }) => voice === id)
  const nameOf = (id: string) =>
    titleOf(props.voices.find((voice) => voice.id === id) ?? { id, name: id })
  const leave = (id: string) => props.onChange(props.shares.filter(({ voice }) => voice !== id))
  const weigh = (id: string, weight: string) =>
    props.onChange(props.shares.map((share) => (share.voice === id ? { ...share, weight } : share)))
  return (
    <Stack>
      <Show when={props.shares.length > 1}>
        <Stack gap="small">
          <For each={props.shares.map(({ voice }) => voice)}>
            {(id) => (
              <Row gap="small">
                <TextField
                  label={`Share of ${nameOf(id)}`}
                  inputMode="decimal"
                  value={props.shares.find(({ voice }) => voice === id)?.weight ?? ''}
                  error={
                    isWeight(props.shares.find(({ voice }) => voice === id)?.weight ?? '')
                      ? undefined
                      : 'Type a number above 0, such as 1 or 0.5.'
                  }
                  onInput={(weight) => weigh(id, weight)}
                />
                <Button onClick={() => leave(id)}>Leave out {nameOf(id)}</Button>
              </Row>
            )}
          </For>
          <Muted>Twice the share is twice as much of that voice.</Muted>
        </Stack>
      </Show>
      <SearchField
        label="Search voices, such as british female"
        value={wanted()}
        onInput={setWanted}
      />
      <Show
        when={found().length > 0}
        fallback={
          <Empty title="No voice is called that.">Try a language, or male or female.</Empty>
        }
      >
        <List label="Voices">
          <For each={found().slice(0, SHOWN)}>
            {(voice) => (
              <ListItem
                title={titleOf(voice)}
                subtitle={describeVoice(voice)}
                isMarked={isChosen(voice.id)}
                badge={isChosen(voice.id) ? <Badge tone="good">Speaks</Badge> : undefined}
                actions={
                  <>
                    <Button
                      size="small"
                      aria-pressed={isChosen(voice.id) && props.shares.length === 1}
                      aria-label={`Use ${titleOf(voice)}`}
                      onClick={() => props.onChange([{ voice: voice.id, weight: '1' }])}
                    >
                      Use
                    </Button>
                    <Button
                      size="small"
                      look="quiet"
                      disabled={isChosen(voice.id)}
                      aria-label={`Mix in ${titleOf(voice)}`}
                      onClick={() =>
                        props.onChange([...props.shares, { voice: voice.id, weight: '1' }])
                      }
                    >
                      Mix in
                    </Button>
                  </>
                }
              />
            )}
          </For>
        </List>
        <Show when={found().length > SHOWN}>
          <Muted>And {found().length - SHOWN} more: search to find them.</Muted>
        </Show>
      </Show>
    </Stack>
  )
}
