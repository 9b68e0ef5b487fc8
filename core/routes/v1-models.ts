import { Type } from '@sinclair/typebox'
import type { Api } from '../api.ts'

export const modelsApi = {
  'GET /v1/models': {
    summary: 'What is served now and what a request would wait for, in the shape of OpenAI',
    effect: 'read',
    reply: {
      200: Type.Object({
        object: Type.Literal('list'),
        data: Type.Array(
          Type.Object({
            id: Type.String(),
            object: Type.Literal('model'),
            created: Type.Integer(),
            owned_by: Type.String(),
          }),
        ),
      }),
    },
  },
} as const satisfies Api
