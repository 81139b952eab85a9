const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const dayAndMinute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortDayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** A time in full, in the reader's own zone. */
export function formatMoment(iso: string): string {
  return dayAndTime.format(new Date(iso));
}

/** A time in full but for the seconds, for ends that lie ahead. */
export function formatMinute(iso: string): string {
  return dayAndMinute.format(new Date(iso));
}

/** The clock alone, for what ends within the hour. */
export function formatClock(iso: string): string {
  return clock.format(new Date(iso));
}

/** A time as short as the day allows: the clock for today, else the date. */
export function formatShort(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return date.getFullYear() === now.getFullYear() ? shortDay.format(date) : shortDayAndYear.format(date);
}

/** The two halves of a row's time: seconds matter in a record, the day only when it is not today. */
export function splitMoment(iso: string, now = new Date()): { day: string; time: string } {
  const date = new Date(iso);
  const day = date.getFullYear() === now.getFullYear() ? shortDay.format(date) : shortDayAndYear.format(date);
  return { day: date.toDateString() === now.toDateString() ? 'Today' : day, time: timeOnly.format(date) };
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const minutes = `${Math.floor(seconds / 60)} min`;
  return seconds % 60 === 0 ? minutes : `${minutes} ${seconds % 60} s`;
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat().format(count);
}

/** The first characters of a hash or long id: enough to tell two apart by eye. */
export function shorten(hash: string): string {
  return hash.slice(0, 7);
}

export function formatJson(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? String(value);
}
