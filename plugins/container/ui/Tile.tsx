import { Show } from 'solid-js'
import { Containers, type ServiceView, SourceVersion, StateReason, Tile } from '#ui'

/** A container and, where it has one, the source it is made of. */
export default function ContainerTile(props: { service: ServiceView; isDetailed?: boolean }) {
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
