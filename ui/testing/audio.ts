/** What jsdom lacks for sounds: a canvas that draws nothing, audio that plays nothing, URLs of files. */
export function installAudio(): { played: () => string[]; saved: () => Blob[] } {
  const played: string[] = []
  const saved: Blob[] = []
  HTMLCanvasElement.prototype.getContext = (() => null) as never
  HTMLMediaElement.prototype.play = function play(this: HTMLMediaElement) {
    played.push(`${this.src} from ${this.currentTime}`)
    this.dispatchEvent(new Event('play'))
    return Promise.resolve()
  }
  HTMLMediaElement.prototype.pause = function pause(this: HTMLMediaElement) {
    this.dispatchEvent(new Event('pause'))
  }
  HTMLMediaElement.prototype.load = () => {}
  URL.createObjectURL = (file) => `blob:${saved.push(file as Blob) - 1}`
  URL.revokeObjectURL = () => {}
  HTMLAnchorElement.prototype.click = () => {}
  return { played: () => played, saved: () => saved }
}
