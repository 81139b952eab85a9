import { expect, it } from 'vitest';
import { summarizeReport } from './summarize.ts';

const run = {
  success: true,
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
const summaryOf = (changes: object) => summarizeReport(JSON.stringify({ ...run, ...changes }));

it('says how many passed and failed', () => {
  expect(summaryOf({})).toEqual({ line: '12 passed, 0 failed', ok: true });
  expect(summaryOf({ success: false, numFailedTests: 2 })).toEqual({ line: '12 passed, 2 failed', ok: false });
});

it('counts skipped tests and those still to be written together', () => {
  expect(summaryOf({ numPendingTests: 1, numTodoTests: 2 })).toEqual({
    line: '12 passed, 0 failed, 3 skipped',
    ok: true,
  });
});

it('counts a file that broke before its first test as failed', () => {
  const broken = { status: 'failed', assertionResults: [] };
  expect(summaryOf({ success: false, testResults: [broken] })).toEqual({ line: '12 passed, 1 failed', ok: false });
});

it('does not call a run without tests, or one that vitest calls failed, a success', () => {
  expect(summaryOf({ numPassedTests: 0 }).ok).toBe(false);
  expect(summaryOf({ success: false }).ok).toBe(false);
});
