/** Where the project is published; whoever publishes it elsewhere changes it here. */
export const REPOSITORY = 'https://github.com/spark-control/spark-control'
