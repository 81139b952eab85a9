/**
 * What becomes of a schedule when the clock is changed. A time in the gap runs at the first moment after it, a time that
 * comes twice the first time only; steps of minutes or hours follow the wall. Held by test/jobs/golden/clock-changes.json.
 */
export const clockRule =
  'When the clock goes forward, a time that does not exist that day runs at the first moment after the gap; when it goes back, a time that comes twice runs once, the first time; steps of minutes or hours follow the local clock, so what is left out is skipped and what is repeated runs again.';
