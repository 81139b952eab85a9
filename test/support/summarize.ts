import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const report = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** The report in one line, `N passed, N failed`, and `N skipped` where there are such. A run without tests is not ok. */
export function summarizeReport(text: string): { line: string; ok: boolean } {
  const run = report.parse(JSON.parse(text));
  // A file that breaks before its first test has failed, though no test of it did.
  const brokenFiles = run.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = run.numFailedTests + brokenFiles;
  const skipped = run.numPendingTests + run.numTodoTests;
  const line = `${run.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, ok: run.success && failed === 0 && run.numPassedTests > 0 };
}

function main(file: string): void {
  try {
    const { line, ok } = summarizeReport(readFileSync(file, 'utf8'));
    console.log(line);
    process.exitCode = ok ? 0 : 1;
  } catch (error) {
    console.error(
      `No test report could be read from ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv[2] ?? 'test-results/vitest.json');
