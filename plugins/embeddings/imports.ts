import type { OldNames } from '#core'

/** The tables of its words, for whoever comes from the first Spark Control. */
export const imports: OldNames = {
  id: 'embeddings',
  names: ['embedding', 'embed', 'qdrant', 'search', 'bge-m3'],
  usualHost: 'last',
  variables: {
    host: ['EMBEDDINGS_HOST', 'EMBEDDING_HOST', 'EMBED_HOST'],
    url: ['EMBEDDINGS_URL', 'EMBEDDING_URL', 'EMBED_URL', 'EMBEDDINGS_BASE_URL'],
    port: ['EMBEDDINGS_PORT', 'EMBEDDING_PORT', 'EMBED_PORT'],
    user: ['EMBEDDINGS_USER', 'EMBEDDING_USER'],
    container: ['EMBEDDINGS_CONTAINER', 'EMBEDDING_CONTAINER', 'EMBED_CONTAINER'],
    model: ['EMBEDDINGS_MODEL', 'EMBEDDING_MODEL', 'EMBED_MODEL'],
    api_key: ['EMBEDDINGS_API_KEY', 'EMBEDDING_API_KEY'],
    'rerank.url': ['RERANK_URL', 'RERANKER_URL'],
    'rerank.host': ['RERANK_HOST', 'RERANKER_HOST'],
    'rerank.port': ['RERANK_PORT', 'RERANKER_PORT'],
    'rerank.container': ['RERANK_CONTAINER', 'RERANKER_CONTAINER'],
    'qdrant.url': ['QDRANT_URL'],
    'qdrant.host': ['QDRANT_HOST'],
    'qdrant.port': ['QDRANT_PORT'],
    'qdrant.container': ['QDRANT_CONTAINER', 'QDRANT_CONTAINER_NAME'],
    'qdrant.api_key': ['QDRANT_API_KEY'],
  },
}
