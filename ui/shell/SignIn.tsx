import { createSignal, Show } from 'solid-js'
import { call } from '../client.ts'
import { Button } from '../kit/Button.tsx'
import { Field } from '../kit/Field.tsx'
import { Page } from '../kit/Layout.tsx'
import { ErrorNotice } from '../kit/Notice.tsx'

/** Asks for a token where the topology has some. The browser keeps a cookie, never the token. */
export default function SignIn() {
  const [token, setToken] = createSignal('')
  const [error, setError] = createSignal<unknown>()
  const [isBusy, setIsBusy] = createSignal(false)
  const signIn = async (event: SubmitEvent) => {
    event.preventDefault()
    setIsBusy(true)
    setError(undefined)
    try {
      await call('POST /api/access/session', { body: { token: token().trim() } })
      location.reload()
    } catch (thrown) {
      setError(thrown)
      setIsBusy(false)
    }
  }
  return (
    <main id="main" class="narrow">
      <Page title="Sign in" lead="This controller asks for a token.">
        <form class="card stack" onSubmit={signIn}>
          <Field
            label="Token"
            hint="Whoever runs Spark Control makes one: spark-control token NAME"
          >
            {(input) => (
              <input
                {...input}
                class="input"
                type="password"
                autocomplete="current-password"
                value={token()}
                onInput={(event) => setToken(event.currentTarget.value)}
              />
            )}
          </Field>
          <Show when={error()}>{(shown) => <ErrorNotice error={shown()} />}</Show>
          <div class="row">
            <Button type="submit" look="primary" isBusy={isBusy()} disabled={token().trim() === ''}>
              Sign in
            </Button>
          </div>
        </form>
      </Page>
    </main>
  )
}
