import { For, type JSX } from 'solid-js'

export interface Column<T> {
  title: string
  cell(row: T): JSX.Element
  /** Left out where the screen is narrow. */
  isExtra?: boolean
  align?: 'end'
}

/** Rows of equal things. */
export function Table<T>(props: {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
}) {
  return (
    <div class="table-frame">
      <table class="table">
        <caption class="visually-hidden">{props.label}</caption>
        <thead>
          <tr>
            <For each={props.columns}>
              {(column) => (
                <th scope="col" data-extra={column.isExtra} data-align={column.align}>
                  {column.title}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <For each={props.columns}>
                  {(column) => (
                    <td data-extra={column.isExtra} data-align={column.align}>
                      {column.cell(row)}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
