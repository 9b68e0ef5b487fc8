import { type Static, Type } from '@sinclair/typebox'
import type { ContainerChange } from '../containers/container-change.ts'
import type { LeaseChange, LeaseView } from '../coordination/lease.ts'
import type { ControllerView, HostView, JobView, ServiceView } from '../views.ts'
import { At } from '../wire-types.ts'

/** Something the owner should hear of although nobody asked: an engine was stopped, a disk is full. */
export const NoticeView = Type.Object({
  at: At,
  /** `service:<id>` or `host:<id>`. */
  subject: Type.String(),
  code: Type.String(),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
})
export type NoticeView = Static<typeof NoticeView>

/** What GET /api/events sends as `data`; the SSE `event` field repeats `type`. */
export type EventView =
  | {
      type: 'snapshot'
      controller: ControllerView
      hosts: HostView[]
      services: ServiceView[]
      jobs: JobView[]
      leases: LeaseView[]
    }
  | { type: 'controller'; controller: ControllerView }
  | { type: 'host'; host: HostView }
  | { type: 'host-removed'; id: string }
  | { type: 'service'; service: ServiceView }
  | { type: 'service-removed'; id: string }
  | { type: 'job'; job: JobView }
  | { type: 'notice'; notice: NoticeView }
  /** A container of a service stands otherwise than before. */
  | { type: 'container-changed'; change: ContainerChange }
  | ({ type: 'lease' } & LeaseChange)
  /** A line of a job's log; `n` counts from 0 within the job. */
  | { type: 'line'; job: string; n: number; text: string }
  /** Something a page may have fetched is out of date: `models`, `recipes`, … */
  | { type: 'changed'; topic: string; service: string | null }
