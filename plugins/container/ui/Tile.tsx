import { Show } from 'solid-js'
import { Containers, type ServiceView, SourceVersion, StateReason, Tile } from '#ui'

/** A container under its own name; its kind would say nothing. */
export default function ContainerTile(props: { service: ServiceView; isDetailed?: boolean }) {
  return (
    <Tile service={props.service} title={props.service.id}>
      <StateReason service={props.service} />
      <Show when={!props.isDetailed}>
        <Containers service={props.service} />
      </Show>
      <SourceVersion {...props} />
    </Tile>
  )
}
