import { Nullable, type Static, Type } from '#core'

const Strings = Type.Array(Type.String())

const common = {
  env: Type.Record(Type.String(), Type.String()),
  /** HF_HOME of the machine; null for what its own shell says. */
  hfHome: Nullable(Type.String()),
  /** A folder outside the HF cache; a container sees it at /models/<its name>. */
  modelFolder: Nullable(Type.String()),
  /** The words behind `vllm serve`. */
  serve: Strings,
}

/** A launch through launch-cluster.sh. */
export const ClusterLaunch = Type.Object({
  launcher: Type.Literal('launch-cluster'),
  ...common,
  launcherDir: Type.String(),
  /** Addresses the launcher reaches the machines by, head first; one means --solo. */
  addresses: Strings,
  container: Type.String(),
  image: Type.String(),
  mods: Strings,
  volumes: Strings,
})
export type ClusterLaunch = Static<typeof ClusterLaunch>

/** A launch by `docker run` or `podman run` on one machine. */
export const DockerLaunch = Type.Object({
  launcher: Type.Literal('docker'),
  ...common,
  runtime: Type.Union([Type.Literal('docker'), Type.Literal('podman')]),
  service: Type.String(),
  container: Type.String(),
  image: Type.String(),
  gpus: Type.Union([Type.Literal('all'), Type.Array(Type.Integer())]),
  /** Size of /dev/shm; null shares the machine's. */
  shmSize: Nullable(Type.String()),
  volumes: Strings,
})
export type DockerLaunch = Static<typeof DockerLaunch>

/** A launch of a program without a container, on one machine. */
export const CommandLaunch = Type.Object({
  launcher: Type.Literal('command'),
  ...common,
  service: Type.String(),
  /** The program and its arguments, placeholders filled in. */
  words: Strings,
})
export type CommandLaunch = Static<typeof CommandLaunch>

/** Everything one launch consists of; kept in the job, so that what was shown is what runs. */
export const Launch = Type.Union([ClusterLaunch, DockerLaunch, CommandLaunch])
export type Launch = Static<typeof Launch>

/** The ways an engine can be started, as `launcher` of a service names them. */
export type LauncherName = Launch['launcher']
