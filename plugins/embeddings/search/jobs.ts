import { type JobDef, type Service, type Static, sparingly, Type } from '#core'
import { openLoad } from '../documents/add-documents.ts'
import { runLoad } from '../documents/run-load.ts'
import type { Settings } from '../settings.ts'

const LoadInput = Type.Object({
  load: Type.String(),
  collection: Type.String(),
  documents: Type.Integer(),
})

const load: JobDef<typeof LoadInput, Settings> = {
  input: LoadInput,
  title: ({ documents, collection }: Static<typeof LoadInput>) =>
    `Load ${documents.toLocaleString('en-US')} documents into ${collection}`,
  async run(job, service: Service<Settings>) {
    const { store, clock } = service
    try {
      // vectors as text, by the gigabyte in all
      return await sparingly(() => runLoad(job, { store, clock, open: openLoad(service) }))
    } finally {
      service.changed('collections')
    }
  },
}

/** Long work of search and its collections, by name. */
export const searchJobs = { load }
