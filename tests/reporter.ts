/** Ends a test run with one line for machines: `12 passed, 0 failed`, and `, 3 skipped` if any were. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export class ClosingLine implements Reporter {
  #interrupted = true
  #passed = 0
  #failed = 0
  #skipped = 0

  onInit(): void {
    // At the very end of the process, after everything that other reporters print.
    process.once('exit', () => {
      if (this.#interrupted) this.#failed++
      process.stdout.write(`${closingLine(this.#passed, this.#failed, this.#skipped)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#interrupted = false
    this.#passed = 0
    this.#skipped = 0
    // Errors outside a test belong to none, but a run with one of them has not passed.
    this.#failed = unhandledErrors.length
    for (const module of modules) {
      const before = this.#failed
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') this.#passed++
        else if (state === 'skipped') this.#skipped++
        else this.#failed++
      }
      if (!module.ok() && this.#failed === before) this.#failed++
    }
  }
}

export function closingLine(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
