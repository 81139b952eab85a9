import { type DataKeys, DataUnreadable } from '#vault/data-keys.ts';

/** Stands in for the vault's keys: readable, and bound to its place all the same. */
export const plainData: DataKeys = {
  encrypt: async (place, text) => JSON.stringify([place, text]),
  async decrypt(place, encrypted) {
    const [boundTo, text] = JSON.parse(encrypted) as [unknown, string];
    if (JSON.stringify(boundTo) !== JSON.stringify(place)) throw new DataUnreadable();
    return text;
  },
};
