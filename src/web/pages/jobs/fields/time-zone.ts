/** The zone of the person's own clock. */
export const ownTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
