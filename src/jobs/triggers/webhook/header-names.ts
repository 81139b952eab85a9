/** What a sender that cannot sign puts into its headers. */
export const headerNames = {
  secret: 'X-Personas-Secret',
  /** Another one for each event; the same again for one that is sent again. */
  id: 'X-Personas-Id',
  /** Optional: milliseconds since 1970. */
  timestamp: 'X-Personas-Timestamp',
} as const;
