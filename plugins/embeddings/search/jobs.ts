/** Long work of search and its collections, by name. */
export const searchJobs = {}
