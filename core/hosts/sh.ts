export interface Command {
  readonly script: string
}
