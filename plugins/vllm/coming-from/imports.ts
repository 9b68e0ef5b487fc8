import type { OldNames } from '#core'
import { readOldModel } from './read-model.ts'

/** The tables of its words, for whoever comes from the first Spark Control, which knew one launcher. */
export const imports: OldNames = {
  id: 'llm',
  names: ['vllm', 'llm', 'chat'],
  isAlways: true,
  usualHost: 'first',
  variables: {
    host: ['VLLM_HOST', 'LLM_HOST'],
    url: ['VLLM_URL', 'VLLM_BASE_URL', 'LLM_URL'],
    port: ['VLLM_PORT', 'LLM_PORT'],
    user: ['VLLM_USER', 'VLLM_SSH_USER'],
    container: ['VLLM_CONTAINER', 'VLLM_CONTAINER_NAME'],
    image: ['VLLM_IMAGE', 'VLLM_CONTAINER_IMAGE'],
    launcher_dir: [
      ...['LAUNCHER_DIR', 'LAUNCH_DIR', 'LAUNCHER_PATH', 'VLLM_DIR', 'VLLM_LAUNCHER_DIR'],
      ...['SPARK_VLLM_DIR', 'SPARK_VLLM_DOCKER_DIR', 'SPARK_VLLM_DOCKER', 'VLLM_DOCKER_DIR'],
    ],
    api_key: ['VLLM_API_KEY'],
    hf_token: ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HUGGINGFACE_TOKEN'],
    serve_as: ['SERVED_MODEL_NAME', 'VLLM_SERVED_MODEL_NAME'],
  },
  guesses: (hosts) => ({
    launcher_dir: {
      value: '~/spark-vllm-docker',
      check: 'the folder of launch-cluster.sh on the machine',
    },
    ...(hosts.length > 1 && {
      nodes: { value: hosts, check: 'machines a model may span, the one of host first' },
    }),
  }),
  recipe: readOldModel,
}
