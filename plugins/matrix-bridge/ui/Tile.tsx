import { Show } from 'solid-js'
import { Containers, type ServiceView, SourceVersion, StateReason, Tile } from '#ui'

/** The bot: how its container stands, which version it is, and what can be done with both. */
export default function BotTile(props: { service: ServiceView; isDetailed?: boolean }) {
  return (
    <Tile service={props.service}>
      <StateReason service={props.service} />
      <Show when={!props.isDetailed}>
        <Containers service={props.service} />
      </Show>
      <SourceVersion {...props} />
    </Tile>
  )
}
