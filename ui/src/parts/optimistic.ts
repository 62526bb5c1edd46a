/** Changes that show at once and are taken back when the server refuses them. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { sayDone, sayFailed } from './notices.ts'

interface Change<Data, Values> {
  /** Of the query that shows what is changed. */
  readonly queryKey: QueryKey
  /** What the query's data are once the change is made. */
  readonly apply: (data: Data, values: Values) => Data
  readonly save: (values: Values) => Promise<unknown>
  /** Said when it is not self-evident: `The key is switched off.` */
  readonly done?: string | ((values: Values) => string)
  /** A sentence without a full stop; what was there before is shown again: `The key could not be changed`. */
  readonly failed: string
  /** Of other queries that the change may concern. */
  readonly alsoStale?: readonly QueryKey[]
}

export function useOptimistic<Data, Values>(change: Change<Data, Values>) {
  const { queryKey, apply, save, done, failed, alsoStale = [] } = change
  const client = useQueryClient()
  return useMutation({
    mutationFn: (values: Values) => save(values),
    onMutate: async (values) => {
      // What is under way would bring back the old state.
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData<Data>(queryKey)
      if (before !== undefined) client.setQueryData<Data>(queryKey, apply(before, values))
      return { before }
    },
    onError: (error, _values, context) => {
      if (context?.before !== undefined) client.setQueryData(queryKey, context.before)
      sayFailed(error, failed)
    },
    onSuccess: (_answer, values) => {
      if (done !== undefined) sayDone(typeof done === 'string' ? done : done(values))
    },
    onSettled: () =>
      Promise.all([queryKey, ...alsoStale].map((each) => client.invalidateQueries({ queryKey: each }))),
  })
}
