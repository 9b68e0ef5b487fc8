import { setupManifest } from '@start9labs/start-sdk'
import { REPOSITORY } from './repository.ts'
import { long, short } from './texts.ts'

// s9pk.mk finds the package's name by a pattern in this file: single quotes, and no other line like it.
export const manifest = setupManifest({
  id: 'spark-control',
  title: 'Spark Control',
  license: 'MIT',
  packageRepo: REPOSITORY,
  upstreamRepo: REPOSITORY,
  marketingUrl: REPOSITORY,
  donationUrl: null,
  description: { short, long },
  // main is what the controller keeps, startos what this package does: never mounted.
  volumes: ['main', 'startos'],
  images: {
    'spark-control': { source: { dockerBuild: {} }, arch: ['x86_64', 'aarch64'] },
  },
  dependencies: {},
})
