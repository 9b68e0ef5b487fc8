/** `#core`, the only door for plugins. What is not exported here is not for them. */
export { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
export { Value } from '@sinclair/typebox/value'
export type { Logger } from 'pino'
export {
  type Answer,
  type Api,
  answer,
  type Call,
  type Handler,
  type Handlers,
  type JsonRoute,
  type OperateHandler,
  type Plan,
  type RawAnswer,
} from './api.ts'
export type { AuditNote } from './audit/audit-note.ts'
export type { ContainerLine, LogOptions } from './containers/container-log.ts'
export { containerActRoute } from './containers/container-routes.ts'
export { type ContainerView, isRunning } from './containers/container-view.ts'
export { judgeContainer } from './containers/judge-container.ts'
export { isFollowing, LogQuery } from './containers/log-query.ts'
export type { LookOptions } from './containers/service-containers.ts'
export { updateJob, VERSION_TOPIC } from './containers/update/update-job.ts'
export { updateHandlers, updateRoute, versionRoute } from './containers/update/update-routes.ts'
export {
  type UpdateSource,
  type UpdateTarget,
  updateKeys,
} from './containers/update/update-source.ts'
export { VersionView } from './containers/update/version.ts'
export { cutLine } from './cut-line.ts'
export type { FoundServer, Recognised } from './discover/found-server.ts'
export {
  asControlError,
  ControlError,
  type Detail,
  type ErrorOptions,
  errorsOf,
} from './errors.ts'
export type { EventView } from './events/event-view.ts'
export { answerLines } from './events/sse.ts'
export type { ExecOptions, ExecResult, Host, HostSpec } from './hosts/host.ts'
export { arg, type Command, display, type Hole, script, secret, sh, type Word } from './hosts/sh.ts'
export { checkInput } from './http/validate.ts'
export { mayBeSecret } from './import/comment.ts'
export type { Guess, ImportedRecipe, OldModel, OldNames } from './import/old-names.ts'
export type { Job, JobDef, ServiceJobs, StartRequest } from './jobs/job.ts'
export { chatSample } from './knee/chat-sample.ts'
export type { Sample } from './knee/sample.ts'
export type { MetricFamily, MetricSample } from './metrics/family.ts'
export { moduleBeside } from './module-beside.ts'
export { gather, Pieces } from './pieces.ts'
export {
  API_VERSION,
  type CheckedService,
  type Clock,
  type Health,
  type HeldRequest,
  type Hold,
  type Kind,
  type KindMistake,
  type Neighbour,
  type Open,
  type OwnAnswer,
  type Running,
  type Service,
  type ServicePlugin,
  type TileSpec,
} from './plugin.ts'
export type { RecipeEntry, RecipeSource, Recipes } from './recipes/recipes.ts'
export { sparingly } from './sparingly.ts'
export type { SecretFile } from './store/secret-file.ts'
export type { KeyValue } from './store/store.ts'
export { didYouMean, listNames, suggest } from './topology/suggest.ts'
export {
  ContainerName,
  Duration,
  durationMs,
  Endpoint,
  GpuList,
  HostRef,
  Port,
  PublicUrl,
  Secret,
  Url,
} from './topology/tags.ts'
export type { Diagnostic, ServiceSpec, Topology } from './topology/topology.ts'
export type { DoorCall } from './upstream/own-answer.ts'
export type {
  Admission,
  Admitted,
  Reply,
  RequestOptions,
  StreamOptions,
  StreamReply,
  Upstream,
} from './upstream/upstream.ts'
export { HostView, JobView, PlanView, ServiceView } from './views.ts'
export { At, Nullable } from './wire-types.ts'
