/** What is shown while something is loaded, when it could not be, and when it is there. */
import { Button, Center } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { ErrorNotice } from './error-notice.tsx'

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>
  /** `The keys could not be loaded`. */
  readonly what: string
  /** Of the final size. */
  readonly skeleton: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Older data stays when a reload fails; a notice above says so. */
export function Loaded<T>({ query, what, skeleton, children }: LoadedProps<T>) {
  const { data, error, refetch } = query
  const notice = error !== null && <ErrorNotice error={error} what={what} onRetry={() => void refetch()} />
  if (data === undefined) return notice || <div aria-busy="true">{skeleton}</div>
  return (
    <>
      {notice}
      {children(data)}
    </>
  )
}

interface InfiniteListProps<T> {
  /** Of `listQuery`: its data are the items of all pages so far. */
  readonly query: UseInfiniteQueryResult<readonly T[]>
  readonly what: string
  readonly skeleton: ReactNode
  readonly empty: ReactNode
  /** Only the button loads more: where something stands below the list. */
  readonly isByHand?: boolean
  readonly children: (items: readonly T[]) => ReactNode
}

/** A list that loads its next page when its end comes into sight, or at the press of a button. */
export function InfiniteList<T>(props: InfiniteListProps<T>) {
  const { query, what, skeleton, empty, isByHand = false, children } = props
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const { ref, entry } = useIntersection({ rootMargin: '400px' })
  const isEndInSight = !isByHand && (entry?.isIntersecting ?? false)
  useEffect(() => {
    if (isEndInSight && hasNextPage && !isFetchingNextPage && error === null) void fetchNextPage()
  }, [isEndInSight, hasNextPage, isFetchingNextPage, error, fetchNextPage])

  const retry = () => void (data === undefined ? refetch() : fetchNextPage())
  const notice = error !== null && <ErrorNotice error={error} what={what} onRetry={retry} />
  if (data === undefined) return notice || <div aria-busy="true">{skeleton}</div>
  if (data.length === 0) return notice || empty
  return (
    <>
      {children(data)}
      {notice}
      <Center ref={ref} mih={1} pt={hasNextPage ? 'md' : 0}>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        )}
      </Center>
    </>
  )
}
