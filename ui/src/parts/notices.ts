/** Short messages at the edge of the window, about what was just done. */
import { notifications } from '@mantine/notifications'
import { problemWords } from '../words/problems.ts'

/** `The key was switched off.` */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000 })
}

/** `what` is a sentence without a full stop: `The key could not be switched off`. */
export function sayFailed(error: unknown, what: string): void {
  const { title, advice } = problemWords(error, what)
  notifications.show({ title, message: advice, color: 'red', autoClose: 12_000, role: 'alert' })
}
