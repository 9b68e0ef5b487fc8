import { expect, it } from 'vitest'
import { parseUsage } from './usage.ts'

it('sums the engines of one server and the ways a request can end', () => {
  const text = [
    '# TYPE vllm:num_requests_running gauge',
    'vllm:num_requests_running{engine="0",model_name="a"} 2.0',
    'vllm:num_requests_running{engine="1",model_name="a"} 1.0',
    'vllm:num_requests_waiting{engine="0",model_name="a"} 4.0',
    'vllm:request_success_total{engine="0",finished_reason="stop",model_name="a"} 10.0',
    'vllm:request_success_total{engine="0",finished_reason="length",model_name="a"} 5.0',
    'vllm:request_success_created{engine="0",finished_reason="length",model_name="a"} 1.7e9',
  ].join('\n')
  expect(parseUsage(text)).toEqual({ running: 7, answered: 15 })
})

it('knows nothing where a counter is missing', () => {
  expect(parseUsage('vllm:num_requests_running 0.0\n')).toBeNull()
  expect(parseUsage('')).toBeNull()
})
