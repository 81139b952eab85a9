const days: Readonly<Record<string, string>> = { weekdays: '1-5', every_day: '*', monday: '1' };

/** A time and the days of a template as cron, for what it means to be shown; null while one of them is missing. */
export function cronOf(time: string, on: string): string | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? [];
  const field = days[on];
  return hours === undefined || field === undefined ? null : `${Number(minutes)} ${Number(hours)} * * ${field}`;
}
