import { type SwapInput, swapJob } from '../swap/swap-job.ts'
import { type UnloadInput, unloadJob } from '../swap/unload-job.ts'
import type { FakeCluster } from './fake-cluster.ts'
import { createFakeJob, createFakeService, type FakeServiceOptions } from './fake-service.ts'

/** Runs a swap over a fake cluster from beginning to end. */
export async function runSwapFor(
  cluster: FakeCluster,
  input: SwapInput,
  options?: FakeServiceOptions,
) {
  const job = createFakeJob(input)
  const service = createFakeService(cluster, options)
  const result = await swapJob.run(job, service)
  return { job, service, result }
}

/** Runs an unload over a fake cluster from beginning to end. */
export async function runUnloadFor(
  cluster: FakeCluster,
  input: UnloadInput,
  options?: FakeServiceOptions,
) {
  const job = createFakeJob(input)
  const service = createFakeService(cluster, options)
  const result = await unloadJob.run(job, service)
  return { job, service, result }
}
