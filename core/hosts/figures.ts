import { type Static, Type } from '@sinclair/typebox'
import { Nullable } from '../wire-types.ts'

/** A GPU as nvidia-smi shows it; null where it says [N/A], never 0 for unknown. */
const GpuFigures = Type.Object({
  index: Type.Integer(),
  name: Type.String(),
  memory_total_bytes: Nullable(Type.Number()),
  memory_used_bytes: Nullable(Type.Number()),
  utilization_percent: Nullable(Type.Number()),
  temperature_c: Nullable(Type.Number()),
  power_w: Nullable(Type.Number()),
  clock_mhz: Nullable(Type.Number()),
  /** Why it runs slower than it could, in a few words each; empty when nothing holds it back. */
  slowed_by: Type.Array(Type.String()),
})
export type GpuFigures = Static<typeof GpuFigures>

/** An address other machines can reach, and through which VPN if it is one's. */
const AddressFigures = Type.Object({
  interface: Type.String(),
  address: Type.String(),
  vpn: Type.Optional(Type.Union([Type.Literal('WireGuard'), Type.Literal('Tailscale')])),
})
export type AddressFigures = Static<typeof AddressFigures>

/** The interface with the host's address on the fast link between the machines. */
const LinkFigures = Type.Object({
  /** null: no interface has that address. */
  interface: Nullable(Type.String()),
  is_up: Type.Boolean(),
  speed_mbps: Nullable(Type.Number()),
})
export type LinkFigures = Static<typeof LinkFigures>

/** What one look at a host read. */
export const HostFigures = Type.Object({
  hostname: Type.String(),
  uptime_s: Nullable(Type.Number()),
  load1: Nullable(Type.Number()),
  /** Release and machine: `6.11.0-1016-nvidia aarch64`. */
  kernel: Nullable(Type.String()),
  /** Of the NVIDIA driver. */
  driver: Nullable(Type.String()),
  memory: Nullable(
    Type.Object({
      /** Whether the GPU shares it (GB10: nvidia-smi says [N/A]). */
      is_unified: Type.Boolean(),
      total_bytes: Type.Number(),
      available_bytes: Type.Number(),
      free_bytes: Type.Number(),
    }),
  ),
  disks: Type.Array(
    Type.Object({ path: Type.String(), total_bytes: Type.Number(), free_bytes: Type.Number() }),
  ),
  gpus: Type.Array(GpuFigures),
  addresses: Type.Array(AddressFigures),
  /** Absent without `fabric` in the topology. */
  fabric: Type.Optional(LinkFigures),
})
export type HostFigures = Static<typeof HostFigures>

/** What fills the disks of a host, as far as it is of models and their containers. */
export const DiskUse = Type.Object({
  checked_at: Type.String(),
  parts: Type.Array(
    Type.Object({
      what: Type.Union([
        Type.Literal('models'),
        Type.Literal('download_cache'),
        Type.Literal('images'),
      ]),
      /** The folder; null for what the container runtime keeps where it likes. */
      path: Nullable(Type.String()),
      size_bytes: Type.Number(),
    }),
  ),
})
export type DiskUse = Static<typeof DiskUse>
