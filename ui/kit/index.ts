/** `#ui`, the only door of the dashboard for plugins. All looks live here. */
import './style/index.css'

export type {
  ControllerView,
  HostView,
  JobView,
  PlanView,
  ServiceView,
} from '../../core/views.ts'
export { asCallError, CallError, type CallOptions, call, newKey, open } from '../client.ts'
export { live, noteJob, onChanged, onLine } from '../live.ts'
export type { KindPages, PageEntry } from '../pages.ts'
export { matchPath, navigate, place } from '../router.ts'
export { readEvents, type ServerEvent } from '../sse.ts'
export { type Act, act } from './Act.tsx'
export { formatClock, type Peaks, peaksOf, readPeaks } from './audio.ts'
export { Badge, HostBadge, JobBadge, ServiceBadge, type Tone } from './Badge.tsx'
export { Bar, Meter } from './Bar.tsx'
export { Button, type ButtonProps, LinkButton } from './Button.tsx'
export { Bubble, Composer, Transcript } from './Chat.tsx'
export { Containers } from './Containers.tsx'
export { now } from './clock.ts'
export { Dialog, type DialogProps } from './Dialog.tsx'
export {
  Field,
  SelectField,
  SuggestField,
  Switch,
  TextField,
} from './Field.tsx'
export { FileDrop } from './FileDrop.tsx'
export { Choice, Filters, SearchField } from './Filters.tsx'
export { createFetched, type Fetched } from './fetched.ts'
export {
  count,
  formatAgo,
  formatBytes,
  formatNumber,
  formatSeconds,
  formatTime,
  sentence,
} from './format.ts'
export { Icon } from './Icon.tsx'
export { icons } from './icons.ts'
export { JobActions, JobDetails } from './JobDetails.tsx'
export { showJob } from './JobDrawer.tsx'
export { findJob, JobProgress } from './JobProgress.tsx'
export { Card, Grid, Muted, Page, Row, Section, Skeleton, Stack } from './Layout.tsx'
export { List, ListItem } from './List.tsx'
export { Log, type LogLine } from './Log.tsx'
export { waitsFor } from './leases.ts'
export { createJobLines, createServiceLines, createStreamLines, type Lines } from './lines.ts'
export { type Mark, Marked } from './Marked.tsx'
export { Empty, ErrorNotice, Notice } from './Notice.tsx'
export { PlanWords } from './PlanWords.tsx'
export { type Share, Shares } from './Shares.tsx'
export { Sound, type SoundControls } from './Sound.tsx'
export { SourceVersion } from './SourceVersion.tsx'
export { SPEAKER_TONES, SpokenList, SpokenTurn, type SpokenWord } from './Spoken.tsx'
export { saveFile } from './save-file.ts'
export { type Column, Table } from './Table.tsx'
export { Age, Code, CodeBlock, CopyButton, Disclosure, Lasting } from './Text.tsx'
export { Facts, Figure, Figures, Hero, StateReason, Tile } from './Tile.tsx'
export { Toasts, toast, toastError } from './Toasts.tsx'
export { Waveform } from './Waveform.tsx'
