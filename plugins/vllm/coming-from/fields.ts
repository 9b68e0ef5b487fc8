import type { ServeField } from '../import/translate-command.ts'

/** What a field of models.yaml may be called. Closed: any other name is reported. */
export const NAMES = {
  title: ['title', 'name', 'label', 'display_name'],
  repo: ['repo', 'repo_id', 'model', 'model_id', 'hf_repo', 'hf_id', 'hf_model', 'huggingface'],
  mode: ['mode', 'placement'],
  solo: ['solo', 'solo_only', 'single_node'],
  cluster: ['cluster', 'cluster_only', 'multi_node'],
  nodes: ['nodes', 'num_nodes', 'node_count'],
  image: ['image', 'container_image', 'docker_image'],
  env: ['env', 'environment', 'env_vars'],
  mods: ['mods', 'apply_mods'],
  command: ['command', 'cmd', 'launch', 'launch_command', 'launch_cmd', 'start_command', 'exec'],
  args: ['args', 'extra_args', 'vllm_args', 'launch_args', 'launcher_args', 'serve_args', 'flags'],
  description: ['description', 'notes', 'note', 'comment'],
} as const satisfies Record<string, readonly string[]>
export type FieldName = keyof typeof NAMES

/** Fields of their own for what is a flag of `vllm serve`; the first name is the flag. */
export const FLAG_NAMES: Readonly<Record<ServeField, readonly string[]>> = {
  tensor_parallel: ['tensor_parallel_size', 'tensor_parallel', 'tp', 'tp_size'],
  max_model_len: ['max_model_len', 'max_len', 'context', 'context_length', 'ctx'],
  gpu_memory_utilization: [
    'gpu_memory_utilization',
    'gpu_mem',
    'gpu_util',
    'gpu_memory',
    'gpu_mem_util',
  ],
  kv_cache_dtype: ['kv_cache_dtype', 'kv_dtype'],
  tool_parser: ['tool_call_parser', 'tool_parser'],
  reasoning_parser: ['reasoning_parser'],
  load_format: ['load_format'],
  moe_backend: ['moe_backend'],
}

const OWN_TIMES = 'loading times are measured here, from the first load on'

/** Fields that are known and have no place here, each with the reason. */
export const UNUSED: Readonly<Record<string, string>> = {
  id: '',
  key: '',
  slug: '',
  estimated_time: OWN_TIMES,
  estimated_seconds: OWN_TIMES,
  estimated_load_time: OWN_TIMES,
  estimated_load_seconds: OWN_TIMES,
  est_seconds: OWN_TIMES,
  load_time: OWN_TIMES,
  load_seconds: OWN_TIMES,
  eta: OWN_TIMES,
  eta_seconds: OWN_TIMES,
  eta_s: OWN_TIMES,
  port: 'every model is served at the port of the service',
  container: 'the container is the same for every model: container of the service',
  container_name: 'the container is the same for every model: container of the service',
  served_model_name:
    'clients use the repo id; a name that fits every model stands in serve_as of the service',
  served_name:
    'clients use the repo id; a name that fits every model stands in serve_as of the service',
}
