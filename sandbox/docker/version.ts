/** The vLLM version the simulated image carries. */
export const VLLM_VERSION = '0.21.0'
