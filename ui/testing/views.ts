import type { LeaseView } from '../../core/coordination/lease.ts'
import type { ControllerView, HostView, JobView, PlanView, ServiceView } from '../../core/views.ts'

const AT = '2026-03-03T12:00:00.000Z'

export const aController = (more: Partial<ControllerView> = {}): ControllerView => ({
  version: '1.0.0',
  cluster: 'dual-spark',
  is_simulated: false,
  started_at: AT,
  topology: { file: '/etc/topology.yaml', state: 'current', loaded_at: AT, diagnostics: [] },
  ssh_public_key: 'ssh-ed25519 AAAA spark-control',
  ...more,
})

export const aService = (more: Partial<ServiceView> = {}): ServiceView => ({
  id: 'speech',
  kind: 'speech',
  title: 'Speech',
  host: 'spark-2',
  endpoint: 'http://127.0.0.1:8880',
  state: 'up',
  figures: {},
  models: [],
  in_flight: 0,
  is_draining: false,
  checked_at: AT,
  last_seen_at: AT,
  since: AT,
  is_pending: false,
  tile: { figures: [], links: [], actions: [] },
  has_logs: false,
  ...more,
})

export const aHost = (more: Partial<HostView> = {}): HostView => ({
  id: 'spark-1',
  address: '127.0.0.1',
  state: 'ok',
  checked_at: AT,
  round_trip_ms: 2,
  figures: null,
  ...more,
})

export const aJob = (more: Partial<JobView> = {}): JobView => ({
  id: 'j1',
  title: 'Load Gemma',
  kind: 'speech.load',
  service: 'speech',
  state: 'running',
  phase: 'loading weights',
  percent: 40,
  phases: [{ name: 'loading weights', started_at: AT, ended_at: null }],
  input: {},
  result: null,
  created_at: AT,
  started_at: AT,
  ended_at: null,
  ...more,
})

export const aLease = (more: Partial<LeaseView> = {}): LeaseView => ({
  fence: 7,
  resource: 'gpu',
  owner: 'crm',
  reason: 'nightly run',
  ttl_s: 600,
  acquired_at: AT,
  renewed_at: AT,
  expires_at: AT,
  services: ['speech'],
  ...more,
})

export const aPlan = (more: Partial<PlanView> = {}): PlanView => ({
  title: 'Load Gemma instead of Qwen?',
  confirm: 'Load Gemma',
  commands: [{ host: 'spark-1', command: 'docker stop one' }],
  stops: ['Qwen stops on spark-1.'],
  consequence: 'Until Gemma is ready nobody gets answers.\nIt should fit.',
  holds: [],
  last_seconds: 230,
  running_requests: 3,
  digest: 'digest-1',
  ...more,
})
