import { createEffect, createMemo, ErrorBoundary, lazy, on, Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Acts } from './kit/Act.tsx'
import { Button } from './kit/Button.tsx'
import { JobDrawer } from './kit/JobDrawer.tsx'
import { Page, Skeleton } from './kit/Layout.tsx'
import { Empty, ErrorNotice, Notice } from './kit/Notice.tsx'
import { Toasts } from './kit/Toasts.tsx'
import { live } from './live.ts'
import { isMissingPart, missingPartWords } from './missing-part.ts'
import { findPage } from './pages.ts'
import { place } from './router.ts'
import { Banners } from './shell/Banners.tsx'
import { Side } from './shell/Side.tsx'
import { isSignedOut } from './signed-out.ts'
import './kit/style/index.css'

/** The dashboard: navigation, what the owner must know, the page, and what opens over it. */
export function App() {
  const found = createMemo(() => findPage(place().path))
  const title = () => found()?.page.title ?? 'Not found'
  createEffect(() => {
    const product = live.controller?.is_simulated ? 'Spark Control (simulated)' : 'Spark Control'
    const names = [title(), live.controller?.cluster, product]
    document.title = names.filter(Boolean).join(' · ')
  })
  return (
    <Show when={!isSignedOut()} fallback={<SignedOut />}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <div class="shell">
        <Side />
        <main id="main" tabindex="-1">
          <Banners />
          <Suspense fallback={<Skeleton lines={6} />}>
            <Show when={found()} keyed fallback={<NotFound />}>
              {({ page, params }) => (
                <ErrorBoundary
                  fallback={(error, reset) => <Broken error={error} onRetry={reset} />}
                >
                  <Dynamic component={page.component} params={params} />
                </ErrorBoundary>
              )}
            </Show>
          </Suspense>
        </main>
      </div>
      <Acts />
      <JobDrawer />
      <Toasts />
    </Show>
  )
}

const SignIn = lazy(() => import('./shell/SignIn.tsx'))
const SignedOut = () => (
  <Suspense>
    <SignIn />
  </Suspense>
)

const NotFound = () => (
  <Page title="There is no such page">
    <Empty title="Nothing stands at this address." action={<a href="/">To the overview</a>} />
  </Page>
)

const Broken = (props: { error: unknown; onRetry(): void }) => (
  <Page title="This page could not be shown">
    <Show when={isMissingPart(props.error)} fallback={<BrokenNotice {...props} />}>
      <MissingPart />
    </Show>
  </Page>
)

/** What was never fetched cannot be shown: the browser loads all of it when the controller is back. */
function MissingPart() {
  createEffect(
    on(
      () => live.link,
      (link) => link === 'open' && location.reload(),
      { defer: true },
    ),
  )
  return <Notice tone="warn" isUrgent title={missingPartWords()} actions={<LoadAgain />} />
}

const LoadAgain = () => <Button onClick={() => location.reload()}>Load the dashboard again</Button>

const BrokenNotice = (props: { error: unknown; onRetry(): void }) => (
  <ErrorNotice
    error={props.error}
    actions={
      <>
        <Button onClick={() => props.onRetry()}>Try again</Button>
        <LoadAgain />
      </>
    }
  />
)
